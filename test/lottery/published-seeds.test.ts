import { expect, test } from 'bun:test'
import { seedChainOf } from '../../src/fairness/chain.ts'
import { openEpoch } from '../../src/lottery/open-epoch.ts'
import { recordWheel } from '../../src/lottery/record-wheel.ts'
import type { RunningServer } from '../../src/server.ts'
import type { Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { createClient } from '../support/client.ts'
import { drawingAt, fairSettings } from '../support/drawing.ts'
import { withFreshReplica } from '../support/fresh-replica.ts'
import { runJob } from '../support/jobs.ts'
import type { Person } from '../support/people.ts'
import { useService } from '../support/service.ts'

const { settings, chain } = fairSettings()
const service = useService(settings)
const { rich, receiptOf, proofOf, seal } = drawingAt(service, settings.LOG_KEY)
const sql = <Row = unknown>(statement: string, params: unknown[] = []) => service.database.query<Row>(statement, params)

const nextLine = fairSettings().settings.DRAW_SEED
const afterChange = { ...settings, DRAW_SEED: nextLine }
const withPrevious = { ...afterChange, DRAW_SEED_PREVIOUS: settings.DRAW_SEED }

/** As if the day had ended: the row of the open epoch has moved on. */
const endDay = () => sql('UPDATE fair_epoch SET epoch = epoch + 1, next_at = next_at + INTERVAL 1 DAY')
const kept = () => sql<{ seed: string | null }>('SELECT LOWER(HEX(seed)) AS seed FROM fair_epochs')

async function drawn(): Promise<{ person: Person; receipt: Receipt; seed: string }> {
  const person = await rich()
  const receipt = await receiptOf(person)
  await seal()
  return { person, receipt, seed: chain.seedOf(receipt.epoch).toString('hex') }
}

/** What a replica says of the only epoch, and of a draw in it. */
async function toldBy({ url }: RunningServer, { person, receipt }: { person: Person; receipt: Receipt }) {
  const client = await createClient(url)
  const { epochs } = (await client.get('/api/fairness')).data
  const { proof } = (await client.get(`/api/lottery/draws/${receipt.draw_id}/proof`, { token: person.token })).data
  return [epochs[0].seed, proof.seed, verify([receipt, proof]).verdict]
}

test('a seed is kept once its epoch is over, and not before', async () => {
  const { seed } = await drawn()
  await runJob(service, 'open-epoch')
  expect(await kept()).toEqual([{ seed: null }])
  await endDay()
  expect(await runJob(service, 'open-epoch')).toMatchObject({ rows: 1 })
  expect(await kept()).toEqual([{ seed }])
})

test('draws of days that are over stay proven under another chain of seeds', async () => {
  const draw = await drawn()
  await endDay()
  await runJob(service, 'open-epoch')
  await withFreshReplica(service, afterChange, async (replica) => {
    expect(await toldBy(replica, draw)).toEqual([draw.seed, draw.seed, 'right'])
  })
})

test('the last day of a chain is proven once a replica that has the old chain meets its end', async () => {
  const draw = await drawn()
  const pending = [null, null, 'pending']
  await withFreshReplica(service, withPrevious, async (replica) => {
    await runJob(replica, 'open-epoch')
    expect(await toldBy(replica, draw)).toEqual(pending)
    expect(await kept()).toEqual([{ seed: null }])
  })
  await endDay()
  await withFreshReplica(service, afterChange, async (replica) => {
    await runJob(replica, 'open-epoch')
    expect(await toldBy(replica, draw)).toEqual(pending)
  })
  await withFreshReplica(service, withPrevious, async (replica) => {
    expect(await toldBy(replica, draw)).toEqual([draw.seed, draw.seed, 'right'])
    await runJob(replica, 'open-epoch')
  })
  await withFreshReplica(service, afterChange, async (replica) => {
    expect(await toldBy(replica, draw)).toEqual([draw.seed, draw.seed, 'right'])
  })
})

test('a seed that was written by hand proves nothing: it is not the one that the epoch committed to', async () => {
  const draw = await drawn()
  await endDay()
  await sql('UPDATE fair_epochs SET seed = ?', [chain.seedOf(draw.receipt.epoch - 1)])
  expect((await proofOf(draw.person, draw.receipt)).seed).toBe(draw.seed)
  await withFreshReplica(service, afterChange, async (replica) => {
    expect(await toldBy(replica, draw)).toEqual([null, null, 'pending'])
  })
})

test('an epoch that gets another wheel keeps its chain only where a replica has it', async () => {
  const { person } = await drawn()
  const { till, calendar, rules } = service.services
  const reopen = async (previous: typeof chain | undefined, dailyLimit: number) => {
    const limits = { ...rules.wheel.limits, dailyLimit }
    await till.run(recordWheel, limits)
    await till.run(openEpoch, { calendar, limits, chain: seedChainOf(nextLine), previous, chainWaits_days: 2 })
  }
  await reopen(chain, 50)
  const receipt = await receiptOf(person)
  expect(receipt.chain_id).toBe(chain.id)
  await seal()
  expect(verify([receipt, await proofOf(person, receipt)]).verdict).toBe('pending')
  await reopen(undefined, 60)
  expect(await receiptOf(person)).toBeNull()
})
