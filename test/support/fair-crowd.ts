import { expect } from 'bun:test'
import type { Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import type { Client } from './client.ts'
import { failedChecks } from './drawing.ts'
import { newPhone } from './people.ts'
import { runCommand, type Settings } from './process.ts'

interface Diner {
  phone: string
  /** A token of each replica, as their clocks may be apart. */
  tokens: string[]
  receipts: Receipt[]
}

interface Seen {
  epoch: number
  at: number
}

const drawTypes = ['single', 'triple']
/** What a diner can pay for. */
const mostDraws = 150
const drawPause_ms = 80
const promise_ms = 60_000

/** Diners who draw at two replicas and keep what they are given. */
export interface Crowd {
  diners: readonly Diner[]
  /** Draws without pause until `isOver`; whoever gets no answer asks again with the same key. */
  drawUntil(isOver: () => boolean): Promise<void>
  /** One draw of the first diner. */
  drawOnce(replica: number, key?: string): Promise<Receipt>
  /** Looks at what each replica publishes, all the time until `isOver`. */
  watchSeeds(isOver: () => boolean): Promise<void>
  /** Everything that has to be true of what the diners were given. */
  check(): Promise<void>
}

export async function gatherCrowd(clients: () => Client[], settings: Settings, size: number): Promise<Crowd> {
  const diners = await Promise.all(Array.from({ length: size }, () => signInEverywhere(clients(), settings)))
  const published: Seen[] = []
  const begun: Seen[] = []
  let keys = 0

  const ask = async (diner: Diner, at: number, key: string, draw_type: string): Promise<Receipt | undefined> => {
    const startedAt = performance.now()
    const client = clients()[at] as Client
    const token = diner.tokens[at]
    const { code, data } = await client
      .post('/api/lottery/draw', { token, body: { draw_type }, idempotencyKey: key })
      .catch(() => ({ code: 9007, data: undefined }))
    if (code !== 0) {
      expect([9007, 9009]).toContain(code)
      return undefined
    }
    begun.push({ epoch: data.receipt.epoch, at: startedAt })
    diner.receipts.push(data.receipt)
    return data.receipt
  }
  const drawFor = async (diner: Diner, first: number, draw_type: string, key = `key-${keys++}`): Promise<Receipt> => {
    for (let tries = 0; ; tries += 1) {
      const receipt = await ask(diner, (first + tries) % 2, key, draw_type)
      if (receipt) return receipt
      expect(tries).toBeLessThan(200)
      await Bun.sleep(50)
    }
  }
  /** The proof, as soon as a replica has it. */
  const findProof = async ({ tokens }: Diner, { draw_id }: Receipt, at: number) => {
    for (const deadline = performance.now() + promise_ms; ; await Bun.sleep(100)) {
      const answer = await (clients()[at] as Client).get(`/api/lottery/draws/${draw_id}/proof`, { token: tokens[at] })
      if (answer.code === 0) return answer.data.proof
      expect(performance.now()).toBeLessThan(deadline)
    }
  }
  const checkDiner = async (diner: Diner) => {
    const numbers = diner.receipts.flatMap(({ turns }) => turns.map(({ draw_no }) => draw_no)).sort((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    const inOrder = diner.receipts.toSorted((a, b) => (a.turns[0]?.draw_no ?? 0) - (b.turns[0]?.draw_no ?? 0))
    const epochs = inOrder.map(({ epoch }) => epoch)
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
    for (const [at, receipt] of inOrder.entries()) {
      const proof = await findProof(diner, receipt, at % 2)
      expect(failedChecks([receipt, proof])).toEqual([])
      expect(verify([receipt, proof]).verdict).toBe(proof.seed === null ? 'pending' : 'right')
    }
  }

  return {
    diners,
    async drawUntil(isOver) {
      const busy = diners.map(async (diner, at) => {
        for (let draws = 0; !isOver() && draws < mostDraws; draws += 1) {
          await drawFor(diner, at + draws, drawTypes[draws % drawTypes.length] ?? 'single')
          await Bun.sleep(drawPause_ms)
        }
      })
      await Promise.all(busy)
    },
    drawOnce: (replica, key) => drawFor(diners[0] as Diner, replica, 'single', key),
    async watchSeeds(isOver) {
      while (!isOver()) {
        for (const client of clients()) {
          const { data } = await client.get('/api/fairness').catch(() => ({ data: undefined }))
          const at = performance.now()
          for (const { epoch, seed } of data?.epochs ?? []) if (seed !== null) published.push({ epoch, at })
        }
        await Bun.sleep(100)
      }
    },
    async check() {
      for (const diner of diners) await checkDiner(diner)
      const early = begun.filter(({ epoch, at }) => published.some((seen) => seen.epoch === epoch && seen.at < at))
      expect(early).toEqual([])
    },
  }
}

async function signInEverywhere(clients: readonly Client[], settings: Settings): Promise<Diner> {
  const phone = newPhone()
  const tokens: string[] = []
  for (const client of clients) {
    const { data } = await client.post('/api/auth/login', { body: { phone, code: '123456' } })
    tokens.push(data.access_token)
  }
  const { code } = await runCommand(['points', phone, '+100000', '--reason', 'test'], settings)
  expect(code).toBe(0)
  return { phone, tokens, receipts: [] }
}
