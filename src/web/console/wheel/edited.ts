import { computed, signal } from '@preact/signals'
import { prizeRules } from '../../../lottery/prizes.ts'
import { oddsSum } from '../../../lottery/wheel.ts'
import { call } from '../../shared/api.ts'
import type { Answer, Sent } from '../../shared/calls.ts'
import { resource } from '../../shared/resource.ts'
import { forget, keep, recall } from '../../shared/storage.ts'
import { me } from '../../shared/tokens.ts'
import type { Played } from './simulate.ts'

type Fields = Answer<'GET /merchant/prizes'>['current']
type Body = Sent<'PUT /merchant/prizes'>['body']

/** A prize while it is edited. What is typed stays as it was typed. */
export interface EditedPrize extends Omit<Fields['prizes'][number], 'prize_value' | 'probability' | 'stock_remaining'> {
  prize_value: string
  odds: number
}

/** The wheel while it is edited. */
export interface Edited {
  /** What the editor began with, as text. */
  basis: string
  cost_points: string
  pity_prize_id: number
  prizes: EditedPrize[]
  /** The prizes that keep their odds while another's are changed. */
  locked: number[]
}

export const state = resource(() => call('GET /merchant/prizes'))
/** The limit of turns without the guaranteed prize. */
export const pityLimit = resource(
  async () => (await call('GET /lottery/wheels', { query: { limit: 1 } })).wheels[0]?.pity_limit ?? 10,
)

const draft = signal<Edited | null>(null)
const name = () => `wheel-draft:${me()}`

/** What an editor begins with: what is announced, else what is in force. */
const begun = computed(() => {
  const known = state.value.value
  return known && editedOf(known.next ?? known.current)
})

export const edited = computed(() => draft.value ?? begun.value)
export const isChanged = computed(() => draft.value !== null)
/** Whether somebody else changed the wheel since this draft was begun. */
export const isStale = computed(
  () => draft.value !== null && begun.value !== null && draft.value.basis !== begun.value.basis,
)

/** Loads everything, and what the caller typed before. */
export function openEditor(): void {
  draft.value = recall<Edited>(name())
  void state.load()
  void pityLimit.load()
}

/** Changes the draft, and keeps it over reloads. */
export function change(changes: Partial<Edited>): void {
  const before = edited.value
  if (!before) return
  draft.value = { ...before, ...changes }
  keep(name(), draft.value)
}

export function changePrize(prizeId: number, changes: Partial<EditedPrize>): void {
  const prizes = edited.value?.prizes.map((one) => (one.prize_id === prizeId ? { ...one, ...changes } : one))
  if (prizes) change({ prizes })
}

export function changeOdds(odds: readonly number[]): void {
  const prizes = edited.value?.prizes.map((one, at) => ({ ...one, odds: odds[at] ?? one.odds }))
  if (prizes) change({ prizes })
}

export function dropDraft(): void {
  forget(name())
  draft.value = null
}

function editedOf({ cost_points, pity_prize_id, prizes }: Fields): Edited {
  return {
    basis: JSON.stringify([cost_points, pity_prize_id, prizes.map(({ stock_remaining: _, ...prize }) => prize)]),
    cost_points: String(cost_points),
    pity_prize_id,
    prizes: prizes.map(({ prize_value, probability, stock_remaining: _, ...prize }) => ({
      ...prize,
      prize_value: String(prize_value),
      odds: Math.round(probability * oddsSum),
    })),
    locked: [],
  }
}

type Fault = 'name' | 'value' | 'empty' | 'cost' | 'sum'

/** What the service would refuse of a draft. */
export function faultOf({ prizes, cost_points }: Edited): Fault | undefined {
  if (prizes.some(({ prize_name }) => prize_name.trim() === '')) return 'name'
  if (prizes.some((prize) => !isValue(prize))) return 'value'
  if (prizes.every(({ prize_type }) => prizeRules[prize_type].isWin)) return 'empty'
  if (!/^[1-9]\d{0,6}$/.test(cost_points.trim())) return 'cost'
  return prizes.reduce((sum, { odds }) => sum + odds, 0) === oddsSum ? undefined : 'sum'
}

function isValue({ prize_type, prize_value }: EditedPrize): boolean {
  return /^\d{1,8}(\.\d{1,2})?$/.test(prize_value.trim()) && prizeRules[prize_type].allowsValue(Number(prize_value))
}

/** What is sent to save a draft. */
export function bodyOf({ cost_points, pity_prize_id, prizes }: Edited): Body {
  return {
    cost_points: Number(cost_points),
    pity_prize_id,
    prizes: prizes.map(({ odds, prize_value, prize_name, ...prize }) => ({
      ...prize,
      prize_name: prize_name.trim(),
      prize_value: Number(prize_value),
      probability: (odds / oddsSum).toFixed(4),
    })),
  }
}

/** The draft as the rules play it. */
export function playedOf({ prizes, pity_prize_id }: Edited): Played {
  return {
    pityPrizeId: pity_prize_id,
    pityLimit: pityLimit.value.value ?? 10,
    prizes: prizes.map(({ prize_id, prize_type, prize_value, odds, is_activity }) => ({
      ...{ prize_id, prize_type, is_activity },
      prize_value: Number(prize_value) || 0,
      probability: odds,
    })),
  }
}
