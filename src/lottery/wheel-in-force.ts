import { Refusal } from '../contract/refusals.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { onlyWheel } from './schema.ts'
import { committedWheel, type HeldWheel, type ReadyWheel } from './wheel-mapping.ts'

/** Something has to be done about the wheel: do it, then run the operation again. */
export class WheelIsNotReady extends Refusal<9007> {
  /** A `change` that is announced should be in force by now, or nobody has written down the `version` in force. */
  readonly missing: 'change' | 'version'

  constructor(missing: 'change' | 'version') {
    super(9007)
    this.missing = missing
  }
}

/**
 * The wheel in force, with its rules.
 * @throws {Refusal} 3001 when there is none, and {@link WheelIsNotReady}
 */
export function wheelInForce(unit: UnitOfWork): ReadyWheel {
  const held = unit.find(committedWheel, [onlyWheel])
  if (!held) throw new Refusal(3001)
  if (held.isDue) throw new WheelIsNotReady('change')
  if (!isWrittenDown(held)) throw new WheelIsNotReady('version')
  return held
}

function isWrittenDown(held: Readonly<HeldWheel>): held is ReadyWheel {
  return held.rules !== null
}
