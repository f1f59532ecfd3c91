/**
 * Loses the answers to COMMITs on one server of a cluster, while the balancer moves to another server that has not
 * applied them yet. Prints one JSON line for each trial. Exits 1 when a caller was told a wrong outcome.
 *
 *     bun bench/cluster-behind.ts FIRST_URL SECOND_URL [TRIALS]
 *
 * Both URLs name the same database, on two servers that take writes. It is dropped and made anew.
 */
import { openDatabase } from '../src/db/client.ts'
import type { OutcomeUnknown } from '../src/till/ticket.ts'
import { startProxy } from '../test/support/proxy.ts'
import { brokenJars, createToyTables, drop, openToyTill, resetToys } from '../test/support/toy-till.ts'

const [first = '', second = '', trials = '10'] = process.argv.slice(2)
const ballastRows = 60_000
const batch = 8

const name = new URL(first).pathname.slice(1)
const server = new URL(first)
server.pathname = '/'
const admin = openDatabase({ address: { uri: server.toString() }, poolSize: 1, statementTimeout_ms: 60_000 })
await admin.query(`DROP DATABASE IF EXISTS \`${name}\``)
await admin.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
await createToyTables(first)
await admin.query(`CREATE TABLE \`${name}\`.ballast (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(200))`)
const other = openDatabase({ address: { uri: second }, poolSize: 2 })

let wrong = 0
for (let trial = 1; trial <= Number(trials); trial += 1) {
  await resetToys(first)
  const proxy = await startProxy(first)
  const toy = openToyTill(proxy.url, { lanes: 1 })
  await toy.till.run(drop, { jar: 1, coins: 1, name: 'warm' })
  // The other server takes a while to apply this. What is committed after it waits in its queue.
  const digits = '(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5)'
  await admin.query(
    `INSERT INTO \`${name}\`.ballast (text) SELECT REPEAT('x', 200) FROM ${['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((alias) => `${digits} ${alias}`).join(' CROSS JOIN ')} LIMIT ${ballastRows}`,
  )
  proxy.strike('cut-after')
  const runs = Array.from({ length: batch }, (_, index) =>
    toy.till.run(drop, { jar: 1, coins: 1, name: `lost ${index}` }).then(
      () => 0,
      (error: OutcomeUnknown) => error.code ?? 3000,
    ),
  )
  while (proxy.struck === 0) await Bun.sleep(1)
  const notes = async () =>
    (await other.query<{ name: string }>(`SELECT name FROM toy_notes WHERE name LIKE 'lost%'`)).length
  proxy.redirect(second)
  const seenAtOnce = await other
    .query<{ batch: number }>('SELECT MAX(batch) AS batch FROM till_lanes')
    .then(([row]) => row?.batch)
  const codes = await Promise.all(runs)
  await toy.close()
  proxy.stop()
  const happened = await notes()
  const broken = await brokenJars(other)
  const yes = codes.filter((code) => code === 0).length
  if (yes !== happened || broken.length > 0) wrong += 1
  process.stdout.write(`${JSON.stringify({ trial, codes, happened, seenAtOnce, broken: broken.length })}\n`)
}
await admin.close()
await other.close()
process.exit(wrong > 0 ? 1 : 0)
