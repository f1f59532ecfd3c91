/** What was scanned or typed at the counter: a code that says who somebody is, or one of a voucher. */
export function codeKind(text: string): 'member' | 'voucher' {
  return /^\d{18}$/.test(plainDigits(text)) ? 'member' : 'voucher'
}

/** Whether a scanned text may be a code of ours. Others are not asked for: misses are limited. */
export const isOurs = (text: string) => text.startsWith('rp:v1:') || codeKind(text) === 'member'

/** Without what people write between groups, and in half width. */
export const plainDigits = (text: string) => text.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '')
