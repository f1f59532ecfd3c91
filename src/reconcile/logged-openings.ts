import type { Database } from '../db/client.ts'
import { epochLeaf, wheelHash, wheelLeaf } from '../fairness/leaves.ts'
import { fairEpochsTable } from '../fairness/schema.ts'
import { documentOfVersion, readVersions, type WheelVersion } from '../lottery/versions.ts'
import type { Leaf } from '../till/log-entry.ts'
import { decoderOf } from '../till/table-mapping.ts'
import { sha256 } from '../tlog/format/tree.ts'
import { countsBy, type LoggedTable, loggedTables, second, select } from './logged-rows.ts'

const decodeEpoch = decoderOf(fairEpochsTable)
const numbersIn = (labels: readonly string[]) => labels.map((label) => Number(label.split(' ')[1]))

/** Epochs as they were opened. One is there once for each wheel that it was opened with. */
const epochs: LoggedTable = {
  kind: 'epoch',
  async find(database, labels) {
    return (await epochLeaves(database, numbersIn(labels))).map((leaf) => ({ leaf, isOlder: () => false }))
  },
  since: (database, _, group) => epochLeaves(database, [Number(group)]),
  count: (database) =>
    countsBy(database, 'SELECT epoch AS name, COUNT(*) AS rows_found FROM fair_epochs GROUP BY epoch', []),
  groupOf: second,
}

/** Versions of the wheel. Those before the first epoch may be older than the log. */
const wheels: LoggedTable = {
  kind: 'wheel',
  async find(database, labels) {
    const versions = await readVersions(database, numbersIn(labels))
    return versions.map((version) => ({ leaf: versionLeaf(version), isOlder: () => false }))
  },
  since: async (database, _, group) => (await readVersions(database, [Number(group)])).map(versionLeaf),
  count: (database) =>
    countsBy(
      database,
      `SELECT version AS name, 1 AS rows_found FROM wheel_versions
        WHERE version > (SELECT MIN(wheel_version) FROM fair_epochs)`,
      [],
    ),
  groupOf: second,
}

async function epochLeaves(database: Database, numbers: readonly number[]): Promise<Leaf[]> {
  const rows = await select(database, 'SELECT * FROM fair_epochs WHERE epoch IN (?)', [numbers])
  return rows.map(decodeEpoch).map((row) => ({ label: `epoch ${row.epoch}`, hash: sha256(epochLeaf(row)) }))
}

function versionLeaf(version: WheelVersion): Leaf {
  const hash = wheelHash(documentOfVersion(version))
  return { label: `wheel ${version.version}`, hash: sha256(wheelLeaf(version.version, hash)) }
}

/** Every table whose rows have leaves. */
export const everyLoggedTable: readonly LoggedTable[] = [...loggedTables, epochs, wheels]
