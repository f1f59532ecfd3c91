import { epochLeaf, wheelHash, wheelLeaf } from '../fairness/leaves.ts'
import { fairEpochsTable } from '../fairness/schema.ts'
import { documentOfVersion, readVersions, type WheelVersion } from '../lottery/versions.ts'
import type { Leaf } from '../till/log-entry.ts'
import { decoderOf } from '../till/table-mapping.ts'
import { sha256 } from '../tlog/format/tree.ts'
import { loggedTables } from './logged-rows.ts'
import { type LoggedTable, second, select } from './logged-table.ts'

const decodeEpoch = decoderOf(fairEpochsTable)
const numbersIn = (labels: readonly string[]) => labels.map((label) => Number(second(label)))

/** Epochs as they were opened. One is there once for each wheel that it was opened with. */
const epochs: LoggedTable = {
  ...{ kind: 'epoch', table: 'fair_epochs', group: 'epoch', place: 'wheel_version' },
  groupOf: second,
  rowsOf: (database, labels) => select(database, 'SELECT * FROM fair_epochs WHERE epoch IN (?)', [numbersIn(labels)]),
  leavesOf: (_, rows) =>
    rows.map(decodeEpoch).map((row) => ({ label: `epoch ${row.epoch}`, hash: sha256(epochLeaf(row)) })),
}

/** Versions of the wheel. Those before the first epoch may be older than the log. */
const wheels: LoggedTable = {
  ...{ kind: 'wheel', table: 'wheel_versions', group: 'version', place: 'version' },
  among: 'version > (SELECT MIN(wheel_version) FROM fair_epochs)',
  groupOf: second,
  rowsOf: (database, labels) =>
    select(database, 'SELECT version FROM wheel_versions WHERE version IN (?)', [numbersIn(labels)]),
  async leavesOf(database, rows) {
    const numbers = rows.map(({ version }) => Number(version))
    const versions = new Map((await readVersions(database, numbers)).map((found) => [found.version, found]))
    return numbers.flatMap((number) => versions.get(number) ?? []).map(versionLeaf)
  },
}

function versionLeaf(version: WheelVersion): Leaf {
  const hash = wheelHash(documentOfVersion(version))
  return { label: `wheel ${version.version}`, hash: sha256(wheelLeaf(version.version, hash)) }
}

/** Every table whose rows have leaves. */
export const everyLoggedTable: readonly LoggedTable[] = [...loggedTables, epochs, wheels]
