import { createHmac } from 'node:crypto'
import { CanonicalBytes } from '../tlog/format/bytes.ts'

/** What decides a roll. Nothing of it is the service's to choose once the diner's seed has come. */
export interface RollSource {
  seed: Uint8Array
  epoch: number
  userId: number
  /** Counts all turns of the user, from 1 without a gap. */
  drawNo: number
  /** The diner's part: 1-64 visible ASCII characters, or none. */
  clientSeed: string
}

const oddsSum = 10_000
/** The largest multiple of `oddsSum` among the numbers of 32 bits. A number below it, divided, favours no roll. */
const fairBelow = 4_294_960_000

/** A uniform integer in [0, 10000). The same source always gives the same. */
export function rollOf({ seed, epoch, userId, drawNo, clientSeed }: RollSource): number {
  for (let i = 0; ; i += 1) {
    const message = new CanonicalBytes('rp-roll/1').u8(1).u32(epoch).u64(userId).u64(drawNo).u32(i).text(clientSeed)
    const bytes = createHmac('sha256', seed).update(message.done()).digest()
    for (let at = 0; at < bytes.length; at += 4) {
      const number = bytes.readUInt32BE(at)
      if (number < fairBelow) return number % oddsSum
    }
  }
}
