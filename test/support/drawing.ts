import { makeSeedChain, type SeedChain, seedChainOf } from '../../src/fairness/chain.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import type { Document, Proof, Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { givePoints, type Person, signIn } from './people.ts'
import type { Settings, TestService } from './service.ts'

/** The settings with which anyone can check draws, and the chain that they hold. */
export function fairSettings(): { settings: Required<Pick<Settings, 'LOG_KEY' | 'DRAW_SEED'>>; chain: SeedChain } {
  const chainLine = makeSeedChain(Math.floor(Date.now() / day_ms) + 10)
  const settings = { LOG_KEY: makeSignerKey('points.example.com/log'), DRAW_SEED: chainLine }
  return { settings, chain: seedChainOf(chainLine) }
}

/** The names of the checks that documents fail. */
export function failedChecks(documents: readonly Document[]): string[] {
  return verify(documents)
    .checks.filter(({ state }) => state === 'failed')
    .map(({ name }) => name)
}

/** What diners do at a service that proves its draws. */
export function drawingAt(service: TestService, logKey: string) {
  const draw = (person: Person, body: object = { draw_type: 'single' }, idempotencyKey?: string) =>
    service.client.post('/api/lottery/draw', {
      token: person.token,
      body,
      ...(idempotencyKey ? { idempotencyKey } : {}),
    })
  return {
    draw,
    async rich(): Promise<Person> {
      const person = await signIn(service)
      await givePoints(service, person, 100_000)
      return person
    },
    receiptOf: async (...args: Parameters<typeof draw>): Promise<Receipt> => (await draw(...args)).data.receipt,
    askProof: (person: Person, drawId: string) =>
      service.client.get(`/api/lottery/draws/${drawId}/proof`, { token: person.token }),
    proofOf: async (person: Person, { draw_id }: Pick<Receipt, 'draw_id'>): Promise<Proof> =>
      (await service.client.get(`/api/lottery/draws/${draw_id}/proof`, { token: person.token })).data.proof,
    /** Seals the log as a replica does that has just started. */
    seal: () => createLog({ ...service.services, signer: signerOf(logKey) }).seal(),
  }
}
