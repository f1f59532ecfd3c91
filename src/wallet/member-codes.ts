import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Codes of 18 digits that tell the counter who somebody is. They change every minute, are computed from the user's id
 * and the secret, and are not stored.
 *
 * Layout: 10 digits of the user's id, hidden, then 8 digits of proof. The proof is a MAC over the minute and the user.
 * The id is hidden by adding a MAC over the minute and the proof, modulo 10 digits. So the holder of the secret reads
 * the user out of a code without a search. Nobody else can tell whose code it is, or choose whom to guess.
 */
export interface MemberCodes {
  /** The user's code of this minute, and the seconds until the next one. */
  codeOf(userId: number): { code: string; expires_in: number }
  /** The user whose code of this minute or the last it is. Their account may not exist any more. */
  userOf(code: string): number | undefined
}

const period_s = 60
const idSpan = 10_000_000_000n
const proofDigits = 8
const proofSpan = 10n ** BigInt(proofDigits)
const largestId = 2_147_483_647

/** @param previousSecret its codes are still valid, for rotation */
export function createMemberCodes(secret: string, previousSecret: string | undefined, now: () => Date): MemberCodes {
  const secrets = previousSecret ? [secret, previousSecret] : [secret]
  const now_s = () => Math.floor(now().getTime() / 1_000)
  return {
    codeOf(userId) {
      const at = now_s()
      const code = codeIn(secret, Math.floor(at / period_s), userId)
      return { code, expires_in: period_s - (at % period_s) }
    },
    userOf(code) {
      if (!/^\d{18}$/.test(code)) return undefined
      const period = Math.floor(now_s() / period_s)
      for (const key of secrets)
        for (const of of [period, period - 1]) {
          const userId = userIn(key, of, code)
          if (userId !== undefined) return userId
        }
      return undefined
    },
  }
}

function codeIn(secret: string, period: number, userId: number): string {
  const proof = digits(macOf(secret, 'proof', period, userId) % proofSpan, proofDigits)
  const hidden = (BigInt(userId) + macOf(secret, 'mask', period, proof)) % idSpan
  return `${digits(hidden, 10)}${proof}`
}

function userIn(secret: string, period: number, code: string): number | undefined {
  const hidden = BigInt(code.slice(0, -proofDigits))
  const mask = macOf(secret, 'mask', period, code.slice(-proofDigits)) % idSpan
  const userId = Number((hidden + idSpan - mask) % idSpan)
  const isRight = timingSafeEqual(Buffer.from(codeIn(secret, period, userId)), Buffer.from(code))
  return isRight && userId >= 1 && userId <= largestId ? userId : undefined
}

function macOf(secret: string, purpose: string, period: number, of: number | string): bigint {
  const mac = createHmac('sha256', secret).update(`member-code\n${purpose}\n${period}\n${of}`).digest()
  return mac.readBigUInt64BE()
}

function digits(value: bigint, length: number): string {
  return String(value).padStart(length, '0')
}
