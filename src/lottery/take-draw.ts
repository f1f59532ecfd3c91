import type { Context } from 'hono'
import type { z } from 'zod'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { visibleAscii } from '../contract/wire.ts'
import type { SeedChain } from '../fairness/chain.ts'
import { signReceipts } from '../fairness/receipt.ts'
import type { AppEnv } from '../http/env.ts'
import { once } from '../http/idempotency.ts'
import type { Calendar } from '../lib/calendar.ts'
import { newId, randomInts } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import type { TreeHead } from '../tlog/format/checkpoint.ts'
import type { TransparencyLog } from '../tlog/log.ts'
import type { Receipt } from '../verifier/documents.ts'
import { newVoucherCode } from '../vouchers/code.ts'
import type { WheelLimits } from './announced-wheel.ts'
import type { ClientSeed, FairDraw } from './chance.ts'
import { type Draw, draw } from './draw.ts'
import { drawTypeRules } from './draw-types.ts'
import { withEpochOpen } from './open-epoch.ts'
import { oddsSum } from './wheel.ts'
import type { drawBody } from './wire.ts'
import { withWheelInForce } from './with-wheel.ts'

/** What makes draws provable: the seeds, and the log that signs for them. */
export interface Fairness {
  chain: SeedChain
  /** The chain before: it draws no more, and the seeds of its epochs are published. */
  previous: SeedChain | undefined
  log: TransparencyLog
  /** How many days a new chain is in the log before it draws. */
  chainWaits_days: number
}

export interface TakeDrawDeps {
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  rules: { draw: Draw['settings']; wheel: { limits: WheelLimits } }
  fairness: Fairness | undefined
}

/** 75 bits: the log shows hashes of what holds the id, and nobody may find it by trying. */
const drawIdRandom = 15

/** Makes what answers a request to draw. */
export function createTakeDraw({ till, calendar, now, rules, fairness }: TakeDrawDeps) {
  const { limits } = rules.wheel
  const opening = fairness && { ...fairness, calendar, limits }
  const fairOf = fairness && fairDraws(fairness)
  return (c: Context<AppEnv>, { draw_type, client_seed }: z.output<typeof drawBody>): Promise<Response> => {
    const { count } = drawTypeRules[draw_type]
    const clientSeed = clientSeedOf(client_seed, c.req.header('Idempotency-Key'))
    const input: Draw = {
      userId: c.get('caller').userId,
      drawType: draw_type,
      drawId: newId('DR', drawIdRandom),
      rolls: randomInts(count, oddsSum),
      codes: Array.from({ length: count }, () => newVoucherCode()),
      day: calendar.dayOf(now()),
      settings: rules.draw,
      fair: fairOf?.(clientSeed),
    }
    return once(c, { draw_type, client_seed }, (idempotency) =>
      withEpochOpen(till, opening, () => withWheelInForce(till, limits, () => till.run(draw, input, idempotency))),
    )
  }
}

/** Makes what each draw needs to be proven. */
function fairDraws({ chain, log }: Fairness): (clientSeed: ClientSeed) => FairDraw {
  const { signer } = log
  const sign = (receipts: Receipt[]) => signReceipts(receipts, signer)
  let head: TreeHead | undefined
  let checkpoint: Receipt['checkpoint'] = null
  return (clientSeed) => {
    const known = log.known()
    if (known && known !== head) checkpoint = { size: known.size, root: Buffer.from(known.root).toString('hex') }
    head = known
    return { chain, signer, sign, clientSeed, checkpoint }
  }
}

/** @throws {Refusal} 9000 for a seed that isn't 1-64 visible ASCII characters */
function clientSeedOf(field: string | undefined, key: string | undefined): ClientSeed {
  if (field !== undefined && !visibleAscii.test(field))
    throw new Refusal(9000, { issues: [{ path: 'client_seed', message: '应为 1-64 个可见 ASCII 字符' }] })
  if (field !== undefined) return { text: field, source: 'field' }
  return key === undefined ? { text: '', source: 'none' } : { text: key, source: 'key' }
}
