import { signal } from '@preact/signals'
import { call, Refused } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { askOnce } from '../../shared/once.ts'
import { complain } from '../../shared/parts.tsx'
import { me } from '../../shared/tokens.ts'
import { codeKind, plainDigits } from '../codes.ts'

export type Voucher = Answer<'GET /merchant/vouchers/:code'>
export type Member = Answer<'GET /merchant/members/:member_code'>

/** What lies on the counter: the person who showed their code, the voucher that is looked at, or both. */
export const member = signal<Member | null>(null)
export const voucher = signal<Voucher | null>(null)
export const isLooking = signal(false)
/** The code of the voucher that this page has just taken in, while it is shown. */
export const taken = signal('')
/** Vouchers that this page took in, newest first. */
export const recent = signal<readonly Voucher[]>([])

const mostRecent = 8

export function clearDesk(): void {
  member.value = null
  voucher.value = null
  taken.value = ''
}

/** Looks up what was scanned or typed. Returns whether something was found. */
export async function lookUp(text: string): Promise<boolean> {
  if (isLooking.value || text.trim() === '') return false
  isLooking.value = true
  taken.value = ''
  try {
    if (codeKind(text) === 'member') {
      member.value = await call('GET /merchant/members/:member_code', { path: { member_code: plainDigits(text) } })
      voucher.value = null
    } else voucher.value = await call('GET /merchant/vouchers/:code', { path: { code: text.trim().slice(0, 200) } })
    return true
  } catch (error) {
    complain(error)
    return false
  } finally {
    isLooking.value = false
  }
}

export const askedAs = (code: string) => `redeem:${code}`

/** Takes a voucher in, once. @throws what the service refused, or that no answer came */
export async function redeem({ code }: Voucher): Promise<void> {
  try {
    const redeemed = await askOnce(me(), askedAs(code), {}, ({ key }) =>
      call('POST /merchant/vouchers/:code/redeem', { path: { code }, key }),
    )
    taken.value = code
    voucher.value = redeemed
    recent.value = [redeemed, ...recent.value.filter((one) => one.code !== code)].slice(0, mostRecent)
    const shown = member.value
    if (shown) member.value = { ...shown, vouchers: shown.vouchers.filter((one) => one.code !== code) }
  } catch (error) {
    // Somebody else was faster, or its time ended meanwhile: what is shown of it is old.
    if (error instanceof Refused) void call('GET /merchant/vouchers/:code', { path: { code } }).then(show, () => {})
    throw error
  }
}

function show(found: Voucher): void {
  if (voucher.value?.code === found.code) voucher.value = found
}
