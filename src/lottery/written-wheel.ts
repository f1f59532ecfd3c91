import { wheelHash } from '../fairness/leaves.ts'
import type { Need } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { onlyWheel } from './schema.ts'
import { documentOfVersion, wheelVersionPrizes, wheelVersions } from './versions.ts'
import { committedWheel } from './wheel-mapping.ts'

/** What {@link hashOfWritten} needs. */
export function writtenNeeds(): Need[] {
  return [
    {
      mapping: wheelVersions,
      keys: (unit) => {
        const held = unit.find(committedWheel, [onlyWheel])
        return held ? [[held.wheel.version]] : []
      },
    },
    {
      mapping: wheelVersionPrizes,
      keys: (unit) => {
        const { version, prizes = [] } = unit.find(committedWheel, [onlyWheel])?.wheel ?? {}
        return version === undefined ? [] : prizes.map(({ angle }) => [version, angle])
      },
    },
  ]
}

/** The hash of the wheel in force as its version wrote it down. */
export function hashOfWritten(unit: UnitOfWork): string {
  const { version, prizes } = unit.get(committedWheel, [onlyWheel]).wheel
  const written = prizes.flatMap(({ angle }) => unit.find(wheelVersionPrizes, [version, angle]) ?? [])
  return wheelHash(documentOfVersion({ ...unit.get(wheelVersions, [version]), prizes: written }))
}
