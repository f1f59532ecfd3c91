import { asc, desc } from 'drizzle-orm'
import { Hono } from 'hono'
import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { rowIdText } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { rowReader } from '../db/shared-rows.ts'
import { wheelHash } from '../fairness/leaves.ts'
import { fairChainsTable, fairEpochsTable, fairEpochTable, theEpoch } from '../fairness/schema.ts'
import type { AppEnv } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { forEverybody, forGood } from '../http/for-everybody.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import { cached } from '../lib/cached.ts'
import { type epochAnswer, fairnessAnswer, type openFairness, wheelAnswer } from './fair-wire.ts'
import { publishedSeed } from './published-seeds.ts'
import type { Fairness } from './take-draw.ts'
import { documentOfVersion, readVersions } from './versions.ts'

export interface FairnessDeps {
  database: Database
  fairness: Fairness | undefined
}

/** What everybody may know does not change within this time. */
const age_ms = 2_000
const epochsShown = 400

/** `/api/fairness`: what everybody needs to check draws. */
export function fairnessRoutes({ database, fairness }: FairnessDeps) {
  const shown = cached(async () => fairness && readFairness(database, fairness), age_ms)
  return new Hono<AppEnv>()
    .get(
      '/',
      describe({
        summary: 'The log’s name and key, the epochs with the seeds of those that are over, and the latest checkpoint',
        answer: fairnessAnswer,
        refusals: [3001],
        public: true,
      }),
      async (c) => {
        const found = await shown.get()
        if (!found) throw new Refusal(3001, null, { sentence: '本店的抽奖没有开启验证' })
        return ok(c, found, forEverybody(`public, max-age=${age_ms / 1_000}`))
      },
    )
    .get(
      '/wheels/:version',
      describe({
        summary: 'A version of the wheel, as its hash says it',
        answer: wheelAnswer,
        refusals: [3006],
        public: true,
      }),
      validate('param', z.object({ version: rowIdText }), 3006),
      async (c) => {
        const [found] = await readVersions(database, [c.req.valid('param').version])
        if (!found) throw new Refusal(3006)
        const wheel = documentOfVersion(found)
        return ok(c, { wheel, wheel_hash: wheelHash(wheel) }, forEverybody(forGood))
      },
    )
}

async function readFairness({ orm }: Database, fairness: Fairness): Promise<z.output<typeof fairnessAnswer>> {
  const { log } = fairness
  const [[open], epochs, chains] = await Promise.all([
    orm.select().from(fairEpochTable),
    orm.select().from(fairEpochsTable).orderBy(desc(fairEpochsTable.epoch)).limit(epochsShown),
    orm.select().from(fairChainsTable).orderBy(asc(fairChainsTable.first_epoch)),
  ])
  const view = (row: (typeof epochs)[number]): z.output<typeof epochAnswer> => ({
    ...row,
    opened_at: row.opened_at.toISOString(),
    seed: publishedSeed(row, open, fairness),
  })
  return {
    origin: log.signer.name,
    key: log.signer.verifierKey,
    chains: chains.map((row) => ({ ...row, announced_at: row.announced_at.toISOString() })),
    epochs: epochs.map(view),
    checkpoint: await log.checkpoint(),
  }
}

const findEpoch = rowReader(fairEpochTable, 'epoch_id')

/** Reads what the wheel's page shows of the epoch that is open; null where draws can't be proven. */
export function openFairnessReader({ database, fairness }: FairnessDeps) {
  return async (): Promise<z.output<typeof openFairness>> => {
    const open = fairness && (await findEpoch(database, theEpoch))
    if (!fairness || !open || open.chain_id !== fairness.chain.id) return null
    const commitment = fairness.chain.commitmentOf(open.epoch)
    return { origin: fairness.log.signer.name, chain_id: open.chain_id, epoch: open.epoch, commitment }
  }
}
