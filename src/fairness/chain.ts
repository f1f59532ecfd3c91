import { createHash, randomBytes } from 'node:crypto'

/**
 * The seeds of all epochs. Each is a hash of the next one, so a seed that is published tells the earlier ones and no
 * later one. Its setting holds the last seed alone.
 */
export interface SeedChain {
  id: string
  /** The last epoch that has a seed. */
  lastEpoch: number
  /**
   * The seed of an epoch.
   * @throws {RangeError} for an epoch after the last one.
   */
  seedOf(epoch: number): Buffer
  /**
   * What is published of that seed before the epoch begins, in hex.
   * @throws {RangeError} for an epoch after the last one.
   */
  commitmentOf(epoch: number): string
}

const seedSize = 32
const linePattern = /^rp-chain-1:([0-9a-f]{16}):(\d{1,7}):([A-Za-z0-9_-]{43})$/

const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What is published of an epoch's seed before the epoch begins. */
export function commitmentOf(seed: Uint8Array): Buffer {
  return sha256('rp-commit/1', seed)
}

/** Makes a chain up to an epoch, in one line, as `seedChainOf` reads it. */
export function makeSeedChain(lastEpoch: number): string {
  const seed = randomBytes(seedSize)
  return `rp-chain-1:${randomBytes(8).toString('hex')}:${lastEpoch}:${seed.toString('base64url')}`
}

/** @throws {TypeError} for a line that is no chain. */
export function seedChainOf(line: string): SeedChain {
  const [, id, last, encoded = ''] = linePattern.exec(line) ?? []
  const lastSeed = Buffer.from(encoded, 'base64url')
  if (id === undefined || lastSeed.length !== seedSize) throw new TypeError('not a chain of seeds')
  const lastEpoch = Number(last)
  /** From the last epoch backwards, as far as anybody has asked. */
  const seeds = [lastSeed]
  const commitments = new Map<number, string>()
  const seedOf = (epoch: number) => {
    if (!(Number.isSafeInteger(epoch) && epoch >= 0 && epoch <= lastEpoch))
      throw new RangeError(`the chain has no epoch ${epoch}`)
    while (seeds.length <= lastEpoch - epoch) seeds.push(sha256('rp-chain/1', seeds.at(-1) ?? lastSeed))
    return seeds[lastEpoch - epoch] ?? lastSeed
  }
  return {
    id,
    lastEpoch,
    seedOf,
    commitmentOf(epoch) {
      const commitment = commitments.get(epoch) ?? commitmentOf(seedOf(epoch)).toString('hex')
      commitments.set(epoch, commitment)
      return commitment
    },
  }
}
