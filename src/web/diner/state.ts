import { computed, signal } from '@preact/signals'
import { call } from '../shared/api.ts'
import { hear, line } from '../shared/live.ts'
import { resource } from '../shared/resource.ts'
import { userId } from '../shared/tokens.ts'

export const tabs = ['wheel', 'goods', 'receipts', 'wallet', 'me'] as const
export type Tab = (typeof tabs)[number]

/** The tab that the address names. */
export const tab = signal<Tab>(tabInAddress())

addEventListener('hashchange', () => {
  tab.value = tabInAddress()
})

function tabInAddress(): Tab {
  return tabs.find((name) => `#${name}` === location.hash) ?? 'wheel'
}

/** The balance that the service told last. */
export const balance = signal<number | null>(null)
/** What is shown instead while the wheel turns, so that nobody reads the result before it stops. */
export const heldBalance = signal<number | null>(null)
export const shownBalance = computed(() => heldBalance.value ?? balance.value)

export const statistics = resource(async () => {
  const told = await call('GET /user/statistics')
  if (line.value !== 'live') balance.value = told.user_info.total_points
  return told
})
export const wheel = resource(() => call('GET /lottery/config'))
export const voucherCounts = resource(async () => {
  const { counts } = await call('GET /user/vouchers', { query: { status: 'active', limit: 1 } })
  return counts
})

/** A balance from an answer. While the socket is there, it tells balances in their order, and an answer might be older. */
export function toldBalance(points: number): void {
  if (line.value !== 'live') balance.value = points
}

const calm_ms = 400
let soon: ReturnType<typeof setTimeout> | undefined

/** Loads the figures again, once for many changes at once. */
function refreshSoon(): void {
  clearTimeout(soon)
  soon = setTimeout(() => void Promise.all([statistics.load(), voucherCounts.load()]), calm_ms)
}

/** Follows what the service tells about the one who is signed in. */
export function startState(): void {
  hear('connected', ({ total_points }) => {
    balance.value = total_points
    void wheel.load()
    refreshSoon()
  })
  hear('points_update', ({ total_points }) => {
    balance.value = total_points
    refreshSoon()
  })
  userId.subscribe((user) => {
    for (const known of [statistics, wheel, voucherCounts]) known.clear()
    balance.value = null
    heldBalance.value = null
    if (user !== undefined) void Promise.all([statistics.load(), wheel.load(), voucherCounts.load()])
  })
}
