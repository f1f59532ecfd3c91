import { computed } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { resource } from '../../shared/resource.ts'
import { place } from '../place.ts'

export type Figures = Answer<'GET /merchant/figures'>
export type Statistics = Extract<Answer<'GET /merchant/statistics'>, { series: unknown }>
export type Odds = Answer<'GET /merchant/lottery/stats'>

/** The most versions that one call answers. */
const mostVersions = 100

/** Which days are shown, by the address. */
export const period = computed(() => (place.value.filters.period === 'week' ? 'week' : 'month'))

const ownPeriods = ['week', 'month'] as const
export const ownPeriod = computed(() => ownPeriods.find((one) => one === place.value.filters.period) ?? 'today')

export const figures = resource(() => call('GET /merchant/figures', { query: { period: period.value } }))
export const statistics = resource(async () => {
  const answer = await call('GET /merchant/statistics', { query: { period: period.value } })
  return 'series' in answer ? answer : null
})
export const odds = resource(() => call('GET /merchant/lottery/stats', { query: { limit: mostVersions } }))
export const own = resource(() => call('GET /merchant/statistics', { query: { period: ownPeriod.value } }))

export const loadAll = () => Promise.all([figures.load(), statistics.load(), odds.load()])
