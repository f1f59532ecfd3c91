import { beforeEach, expect, test } from 'bun:test'
import { seedChainOf } from '../../src/fairness/chain.ts'
import { openEpoch } from '../../src/lottery/open-epoch.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { findLogMismatches } from '../../src/reconcile/log.ts'
import { packLeaves, unpackLeaves } from '../../src/till/log-entry.ts'
import { drawingAt, fairSettings } from '../support/drawing.ts'
import { useService } from '../support/service.ts'

const { settings, chain } = fairSettings()
const service = useService(settings)
const { rich, receiptOf } = drawingAt(service, settings.LOG_KEY)
const sql = <Row = unknown>(statement: string, params: unknown[] = []) => service.database.query<Row>(statement, params)
const found = async () => (await findLogMismatches(service.database)).map(({ check, id }) => `${check}: ${id}`)
const changed = (id: string) => `a row is as it was logged: chain ${id}`

/** A chain that is announced and has not drawn yet. */
const waiting = seedChainOf(fairSettings().settings.DRAW_SEED)

const opening = (chainWaits_days: number) => {
  const { calendar, rules } = service.services
  return { calendar, limits: rules.wheel.limits, chain: waiting, previous: undefined, chainWaits_days }
}

beforeEach(async () => {
  await receiptOf(await rich())
  await service.services.till.run(openEpoch, opening(2))
  await beginLog(service.services)
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  await beginLog(service.services)
  expect(await found()).toEqual([])
})

/** Leaves as an earlier version wrote them, whose labels named the chain alone. */
async function forgetCommitments(): Promise<void> {
  for (const { entry_id, leaves } of await sql<{ entry_id: number; leaves: Buffer }>('SELECT * FROM log_entries')) {
    const shortened = unpackLeaves(leaves).map(({ label, hash }) => ({
      hash,
      label: label.startsWith('chain ') ? label.split(' ').slice(0, 2).join(' ') : label,
    }))
    await sql('UPDATE log_entries SET leaves = ? WHERE entry_id = ?', [packLeaves(shortened), entry_id])
  }
}

test('a chain that was put forward by hand is named before it draws', async () => {
  await sql('UPDATE fair_chains SET first_epoch = first_epoch - 2 WHERE chain_id = ?', [waiting.id])
  expect(await found()).toEqual([changed(waiting.id)])
})

test('another first epoch of a chain that draws is named', async () => {
  await sql('UPDATE fair_chains SET first_epoch = first_epoch - 1 WHERE chain_id = ?', [chain.id])
  expect(await found()).toEqual([changed(chain.id)])
})

test('a chain that was written by hand was never announced, and is named', async () => {
  await sql('INSERT INTO fair_chains VALUES (?, ?, UTC_TIMESTAMP(3))', ['0123456789abcdef', 20_000])
  expect(await found()).toEqual(['a chain of seeds was announced in the log: chain 0123456789abcdef'])
})

test('a chain whose row was deleted is named, until it is announced again', async () => {
  await sql('DELETE FROM fair_chains WHERE chain_id = ?', [waiting.id])
  expect(await found()).toEqual([`a row that was logged is there: chain ${waiting.id}`])
  await service.services.till.run(openEpoch, opening(3))
  expect(await found()).toEqual([])
})

test('a leaf of an earlier version, without its commitment, is held against the epochs that were opened', async () => {
  await forgetCommitments()
  expect(await found()).toEqual([])
  await sql('UPDATE fair_chains SET first_epoch = first_epoch + 1 WHERE chain_id = ?', [chain.id])
  expect(await found()).toEqual([changed(chain.id)])
  await sql('UPDATE fair_chains SET first_epoch = first_epoch - 1 WHERE chain_id = ?', [chain.id])
  await sql('UPDATE fair_epochs SET chain_id = ?', [waiting.id])
  await sql('UPDATE fair_chains SET first_epoch = first_epoch - 2 WHERE chain_id = ?', [waiting.id])
  expect(await found()).toContain(changed(waiting.id))
})
