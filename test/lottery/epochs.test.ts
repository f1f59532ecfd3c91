import { expect, test } from 'bun:test'
import { type SeedChain, seedChainOf } from '../../src/fairness/chain.ts'
import { createCalendar } from '../../src/lib/calendar.ts'
import { openEpoch } from '../../src/lottery/open-epoch.ts'
import { findLogMismatches } from '../../src/reconcile/log.ts'
import { drawingAt, fairSettings } from '../support/drawing.ts'
import { useService } from '../support/service.ts'

const { settings, chain } = fairSettings()
const service = useService(settings)
const { rich, receiptOf, draw } = drawingAt(service, settings.LOG_KEY)
const sql = (statement: string) => service.database.query<Record<string, number>>(statement)

const open = (parts: { timeZone?: string; chain?: SeedChain; chainWaits_days?: number } = {}) =>
  service.services.till.run(openEpoch, {
    ...{ limits: service.services.rules.wheel.limits, chain, previous: undefined, chainWaits_days: 0, ...parts },
    calendar: parts.timeZone ? createCalendar(parts.timeZone) : service.services.calendar,
  })

test('after a change of the time zone an epoch that should be over lasts until its day is over there', async () => {
  const person = await rich()
  const { epoch } = await receiptOf(person)
  await sql('UPDATE fair_epoch SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND')
  expect((await receiptOf(person)).epoch).toBe(epoch)
})

test('an epoch of a later day, which a wrong clock opened, goes on until that day is over', async () => {
  const person = await rich()
  await receiptOf(person)
  await sql(`UPDATE fair_epoch SET business_day = '2099-01-01', next_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`)
  expect((await draw(person)).code).toBe(0)
  const [row] = await service.database.query<{ next_at: Date }>('SELECT next_at FROM fair_epoch')
  expect(row?.next_at.toISOString()).toBe('2099-01-01T16:00:00.000Z')
})

test('a new chain is in the log on the day it comes, and draws once its days of waiting are over', async () => {
  const person = await rich()
  const { epoch } = await receiptOf(person)
  const next = seedChainOf(fairSettings().settings.DRAW_SEED)
  for (let times = 0; times < 2; times += 1) await open({ chain: next, chainWaits_days: 2 })
  const announced = await service.database.query('SELECT first_epoch FROM fair_chains ORDER BY first_epoch')
  expect(announced).toEqual([{ first_epoch: epoch }, { first_epoch: epoch + 2 }])
  expect((await receiptOf(person)).chain_id).toBe(chain.id)
  expect(await findLogMismatches(service.database)).toEqual([])
})
