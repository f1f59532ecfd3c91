import { describe, expect, test } from 'bun:test'
import { makeSeedChain, seedChainOf } from '../../src/fairness/chain.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import type { Document, Proof, Receipt } from '../../src/verifier/documents.ts'
import { commitmentOf } from '../../src/verifier/draws.ts'
import { verify } from '../../src/verifier/verify.ts'
import { appoint, givePoints, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const chainLine = makeSeedChain(Math.floor(Date.now() / day_ms) + 10)
const chain = seedChainOf(chainLine)
const logKey = makeSignerKey('points.example.com/log')
const service = useService({ LOG_KEY: logKey, DRAW_SEED: chainLine })
const sql = (statement: string, params: unknown[] = []) => service.database.query<{ n: number }>(statement, params)

const rich = async () => {
  const person = await signIn(service)
  await givePoints(service, person, 100_000)
  return person
}
const draw = (person: Person, body: object = { draw_type: 'single' }, idempotencyKey?: string) =>
  service.client.post('/api/lottery/draw', {
    token: person.token,
    body,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const receiptOf = async (...args: Parameters<typeof draw>) => (await draw(...args)).data.receipt as Receipt
const proofFor = async (person: Person, drawId: string) =>
  service.client.get(`/api/lottery/draws/${drawId}/proof`, { token: person.token })
const seal = () => createLog({ ...service.services, signer: signerOf(logKey) }).seal()
/** As if the database's day had ended: its clock can't be moved. */
const endDay = async () => {
  await sql('UPDATE fair_epochs SET epoch = epoch - 1')
  await sql(
    `UPDATE fair_epoch SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, epoch = epoch - 1,
       business_day = DATE_FORMAT(business_day - INTERVAL 1 DAY, '%Y-%m-%d')`,
  )
}
const failed = (documents: Document[]) =>
  verify(documents)
    .checks.filter(({ state }) => state === 'failed')
    .map(({ name }) => name)

describe('a draw', () => {
  test('a draw has a receipt that verifies, and later a proof of all that led to it', async () => {
    const person = await rich()
    const receipts: Receipt[] = []
    for (const draw_type of ['triple', 'single', 'decade'])
      receipts.push(await receiptOf(person, { draw_type, client_seed: `mine-${draw_type}` }))
    await seal()
    expect(receipts.map(({ turns }) => turns[0]?.draw_no)).toEqual([1, 4, 5])
    for (const receipt of receipts) {
      expect(verify([receipt]).verdict).toBe('pending')
      const { proof } = (await proofFor(person, receipt.draw_id)).data
      expect(failed([receipt, proof])).toEqual([])
      expect([verify([receipt, proof]).verdict, proof.seed]).toEqual(['pending', null])
    }
  })

  test('the seed decides the rolls, and whoever has it later finds the same', async () => {
    const person = await rich()
    const receipt = await receiptOf(person, { draw_type: 'decade', client_seed: 'mine' })
    await seal()
    const { proof } = (await proofFor(person, receipt.draw_id)).data
    const seed = chain.seedOf(receipt.epoch).toString('hex')
    expect(commitmentOf(seed)).toBe(receipt.commitment)
    expect(verify([receipt, { ...proof, seed }]).verdict).toBe('right')
    const other = { ...proof, seed: chain.seedOf(receipt.epoch - 1).toString('hex') }
    expect(failed([other])).toEqual(['seed', 'rolls'])
  })

  test('the diner’s part is the field, else the key, else nothing, and it is a part of the request', async () => {
    const person = await rich()
    const seedOf = ({ client_seed, client_seed_source }: Receipt) => [client_seed, client_seed_source]
    expect(seedOf(await receiptOf(person, { draw_type: 'single', client_seed: 'f' }, 'k1'))).toEqual(['f', 'field'])
    expect(seedOf(await receiptOf(person, { draw_type: 'single' }, 'k2'))).toEqual(['k2', 'key'])
    expect(seedOf(await receiptOf(person))).toEqual(['', 'none'])
    expect((await draw(person, { draw_type: 'single', client_seed: 'g' }, 'k1')).code).toBe(9008)
    for (const client_seed of ['', 'with blank', 'x'.repeat(65), '种子'])
      expect((await draw(person, { draw_type: 'single', client_seed })).code).toBe(9000)
    for (const client_seed of [5, null, ['f'], { f: 1 }])
      expect(await draw(person, { draw_type: 'single', client_seed })).toMatchObject({
        ...{ code: 9000, data: { issues: [{ path: 'client_seed' }] } },
      })
    expect((await draw(person, { draw_type: 'hundred', client_seed: 5 })).code).toBe(3004)
  })

  test('a repeat of a key has the same receipt, byte by byte, and takes no number', async () => {
    const person = await rich()
    const first = await draw(person, { draw_type: 'triple' }, 'once')
    const again = await draw(person, { draw_type: 'triple' }, 'once')
    expect(JSON.stringify(again.data)).toBe(JSON.stringify(first.data))
    expect((await receiptOf(person)).turns[0]?.draw_no).toBe(4)
  })

  test('draws at once have numbers without a gap and without a repeat, and a refused one takes none', async () => {
    const person = await rich()
    const all = await Promise.all(Array.from({ length: 20 }, () => draw(person, { draw_type: 'triple' })))
    const numbers = all.flatMap(({ data }) => data.receipt.turns.map(({ draw_no }: { draw_no: number }) => draw_no))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
    await sql('UPDATE users SET total_points = total_points')
    const poor = await signIn(service)
    await draw(poor, { draw_type: 'decade' })
    expect((await draw(poor, { draw_type: 'decade' })).code).toBe(3002)
    const [counter] = await sql('SELECT draw_no AS n FROM lottery_pity WHERE user_id = ?', [poor.userId])
    expect(counter?.n).toBe(10)
  })

  test('every draw’s leaf is in the log once it is sealed', async () => {
    const people = [await rich(), await rich()]
    const receipts = await Promise.all(people.flatMap((person) => [receiptOf(person), receiptOf(person)]))
    expect(receipts.flatMap((receipt) => failed([receipt]))).toEqual([])
    expect(receipts.some(({ signed_with }) => signed_with.count > 1)).toBe(true)
    await seal()
    for (const receipt of receipts) {
      const owner = people.find(({ userId }) => userId === receipt.user_id) as Person
      expect(failed([(await proofFor(owner, receipt.draw_id)).data.proof])).toEqual([])
    }
  })
})

describe('an epoch', () => {
  test('its seed is published only once the next one is open, and then proofs are right for good', async () => {
    const person = await rich()
    const today = await receiptOf(person)
    await seal()
    const shown = async () => (await service.client.get('/api/fairness')).data
    const before = await shown()
    expect(before.epochs).toMatchObject([{ epoch: today.epoch, seed: null, commitment: today.commitment }])
    await sql(`UPDATE fair_epoch SET epoch = epoch + 1, next_at = next_at + INTERVAL 1 DAY`)
    await Bun.sleep(2_100)
    const seed = chain.seedOf(today.epoch).toString('hex')
    expect((await shown()).epochs).toMatchObject([{ epoch: today.epoch, seed }])
    const { proof } = (await proofFor(person, today.draw_id)).data
    expect(verify([today, proof]).verdict).toBe('right')
  })

  test('a draw after the end of the day opens the next epoch first, by the database’s clock alone', async () => {
    const person = await rich()
    const first = await receiptOf(person)
    await endDay()
    for (const days of [-2, 3]) {
      service.clock.shift(days * day_ms)
      expect((await receiptOf(await signIn(service, person.phone))).epoch).toBe(first.epoch)
    }
    expect(await sql('SELECT COUNT(*) AS n FROM fair_epochs')).toEqual([{ n: 2 }])
  })

  test('an epoch does not go back when the database’s clock does', async () => {
    const person = await rich()
    await receiptOf(person)
    await sql(`UPDATE fair_epoch SET business_day = '2099-01-01', next_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`)
    await draw(person)
    const [row] = await service.database.query<{ business_day: string }>('SELECT business_day FROM fair_epoch')
    expect(row?.business_day).toBe('2099-01-01')
  })
})

describe('what was changed by hand', () => {
  test('nobody draws while the log is halted', async () => {
    const person = await rich()
    await seal()
    await sql(`INSERT INTO log_halts VALUES (1, 'contradicted', UTC_TIMESTAMP(3))`)
    expect((await draw(person)).code).toBe(3001)
  })

  test('a wheel that is not the one of its version draws nothing', async () => {
    const person = await rich()
    await receiptOf(person)
    await sql('UPDATE lottery_prizes SET probability = IF(prize_id = 8, 0.1600, IF(prize_id = 7, 0.0100, probability))')
    expect((await draw(person)).code).toBe(3001)
  })

  test.each([
    ['another outcome', 'UPDATE draw_turns SET prize_id = 1 + prize_id % 8'],
    ['another roll', 'UPDATE draw_turns SET roll = (COALESCE(roll, 0) + 1) % 10000'],
    ['a counter that was set back', 'UPDATE draw_turns SET pity_before = pity_before + 1'],
    ['another client seed', `UPDATE draw_turns SET client_seed = 'theirs'`],
    ['a deleted turn', 'DELETE FROM draw_turns WHERE draw_no = 1'],
  ])('%s is found out by the next proof', async (_, change) => {
    const person = await rich()
    const first = await receiptOf(person)
    const second = await receiptOf(person)
    await seal()
    await sql(change)
    const { code, data } = await proofFor(person, second.draw_id)
    const isFound = code !== 0 || failed([first, second, data.proof as Proof]).length > 0
    expect(isFound).toBe(true)
  })

  test('a counter that was set back in its own row is found out by the next draw’s proof', async () => {
    const person = await rich()
    await receiptOf(person, { draw_type: 'triple' })
    await sql('UPDATE lottery_pity SET current_count = current_count + 3')
    const next = await receiptOf(person)
    await seal()
    expect(failed([(await proofFor(person, next.draw_id)).data.proof])).toContain('pity')
  })
})

describe('who may see a proof', () => {
  test('a proof is its owner’s, and that of staff who see ledgers; to others there is no such draw', async () => {
    const [owner, other, auditor] = [await rich(), await rich(), await signIn(service)]
    await appoint(service, auditor, 'auditor')
    const { draw_id } = await receiptOf(owner)
    await seal()
    expect((await proofFor(owner, draw_id)).code).toBe(0)
    expect((await proofFor(auditor, draw_id)).code).toBe(0)
    expect((await proofFor(other, draw_id)).code).toBe(3006)
    for (const nobodys of ['DR_nowhere', 'x'.repeat(65), encodeURIComponent('抽奖'), 'a%20b'])
      expect((await proofFor(owner, nobodys)).code).toBe(3006)
  })

  test('a draw of a program older than the log is there, and can’t be proven', async () => {
    const [owner, other] = [await rich(), await rich()]
    await sql(
      `INSERT INTO lottery_records (draw_id, draw_sequence, user_id, prize_id, prize_name, prize_type, prize_value,
         draw_type, points_cost, points_awarded, is_near_miss, is_pity, roll, wheel_version, created_at)
       VALUES ('DR_older', 1, ?, 8, '谢谢参与', 'empty', 0, 'single', 0, 0, FALSE, FALSE, 9999, 1, UTC_TIMESTAMP(3))`,
      [owner.userId],
    )
    expect(await proofFor(owner, 'DR_older')).toMatchObject({ code: 0, data: { proof: null } })
    expect((await proofFor(other, 'DR_older')).code).toBe(3006)
  })

  test('a draw that is not sealed yet says when to ask again', async () => {
    const person = await rich()
    const { draw_id } = await receiptOf(person)
    expect(await proofFor(person, draw_id)).toMatchObject({ code: 3007, data: { retry_after: 2 } })
  })
})

test('the wheel’s page shows the epoch’s commitment and the odds with the guarantee', async () => {
  const person = await rich()
  const receipt = await receiptOf(person)
  const { data } = await service.client.get('/api/lottery/config', { token: person.token })
  const { origin, chain_id, epoch, commitment } = receipt
  expect(data.fairness).toEqual({ origin, chain_id, epoch, commitment })
  const odds = data.prizes.map((prize: { effective_probability: number }) => prize.effective_probability)
  expect(odds.reduce((sum: number, one: number) => sum + one, 0)).toBeCloseTo(1, 12)
  expect(odds[2]).toBeGreaterThan(0.1)
  expect(odds[1]).toBeLessThan(0.2)
})

test('a version of the wheel is everyone’s to see, with the hash that draws name', async () => {
  const receipt = await receiptOf(await rich())
  const { data } = await service.client.get('/api/fairness/wheels/1')
  expect(data.wheel_hash).toBe(receipt.wheel_hash)
  for (const none of ['99', 'x', '1e0', '0x1', '1.0', '+1', '0', '99999999999'])
    expect((await service.client.get(`/api/fairness/wheels/${none}`)).code).toBe(3006)
})

test('what checks draws is public: any page may read it, and caches keep it as long as it stays so', async () => {
  await receiptOf(await rich())
  const headersOf = async (path: string) => {
    const { headers } = await service.client.get(path, { headers: { Origin: 'https://anyone.example.com' } })
    const names = ['Cache-Control', 'Access-Control-Allow-Origin', 'Cross-Origin-Resource-Policy']
    return names.map((name) => headers.get(name))
  }
  expect(await headersOf('/api/fairness')).toEqual(['public, max-age=2', '*', 'cross-origin'])
  const forGood = 'public, max-age=31536000, immutable'
  expect(await headersOf('/api/fairness/wheels/1')).toEqual([forGood, '*', 'cross-origin'])
  expect(await headersOf('/api/fairness/wheels/99')).toEqual(['no-store', null, 'same-origin'])
})
