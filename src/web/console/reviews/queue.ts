import { computed, signal } from '@preact/signals'
import { call, Refused } from '../../shared/api.ts'
import type { Answer, Sent } from '../../shared/calls.ts'
import { hear } from '../../shared/live.ts'
import { askOnce } from '../../shared/once.ts'
import { say } from '../../shared/parts.tsx'
import { resource } from '../../shared/resource.ts'
import { me } from '../../shared/tokens.ts'
import { dropDrafts } from '../draft.ts'
import { place } from '../place.ts'
import { standing } from '../standing.ts'
import { texts } from './texts.ts'

export type Item = Answer<'GET /merchant/pending-reviews'>['reviews'][number]
export type Verdict = Omit<Sent<'POST /merchant/review'>['body'], 'upload_id'>

export const shows = ['all', 'clean', 'flagged', 'waiting'] as const
type Show = (typeof shows)[number]

const mostLoaded = 100
const fewLeft = 10
const calm_ms = 300
/** Somebody else decided about it, or it is gone. */
const decidedCodes = [6003, 6004]

export const pending = resource(async () => {
  const { reviews, pagination } = await call('GET /merchant/pending-reviews', { query: { limit: mostLoaded } })
  const waiting = reviews.filter(({ upload_id }) => !decided.has(upload_id))
  return { items: waiting.map(withKnownLinks), total: pagination.total - (reviews.length - waiting.length) }
})
/** Receipts that were decided about. An answer that was on its way meanwhile may still hold them. */
const decided = new Set<string>()
/** Receipts that somebody wants to see last. */
const later = signal<readonly string[]>([])

export const shown = computed<Show>(() => shows.find((one) => one === place.value.filters.show) ?? 'all')

/** Nobody reviews their own. */
const known = computed(() => (pending.value.value?.items ?? []).filter((item) => item.user.user_id !== me()))

/** The receipts to review, in their order. What waits for a second person waits apart. */
export const queue = computed(() => {
  const turn = (item: Item) => later.value.indexOf(item.upload_id)
  return known.value.filter((item) => isShown(item, shown.value)).sort((a, b) => turn(a) - turn(b))
})

export const counts = computed(() => {
  const countOf = (show: Show) => known.value.filter((item) => isShown(item, show)).length
  return Object.fromEntries(shows.map((show) => [show, countOf(show)])) as Record<Show, number>
})

/** The receipt that fills the screen: the one that the address names, while it waits. */
export const current = computed(
  () => queue.value.find(({ upload_id }) => upload_id === place.value.item) ?? queue.value[0] ?? null,
)
export const next = computed(() => queue.value.filter((item) => item !== current.value).slice(0, 2))
export const leftCount = computed(() => {
  const total = pending.value.value?.total ?? 0
  return shown.value === 'all' && total > mostLoaded ? total : queue.value.length
})

function isShown(item: Item, show: Show): boolean {
  if (show === 'waiting') return item.approval_id !== null
  if (item.approval_id !== null) return false
  return show === 'all' || isClean(item) === (show === 'clean')
}

export const isClean = ({ flags, recognized_amount }: Item) => flags.length === 0 && recognized_amount !== null

/** The links to photos change with every answer. The first one stays, so that no photo is loaded twice. */
function withKnownLinks(item: Item): Item {
  const before = pending.value.value?.items.find(({ upload_id }) => upload_id === item.upload_id)
  return before ? { ...item, image_url: before.image_url, preview_url: before.preview_url } : item
}

export function lookLater({ upload_id }: Item): void {
  later.value = [...later.value.filter((id) => id !== upload_id), upload_id]
}

/** Sends a verdict once, and says what became of it. @throws what the service refused, or that no answer came */
export async function decide(item: Item, verdict: Verdict): Promise<void> {
  const { upload_id } = item
  try {
    const answer = await askOnce(me(), askedAs(item), { upload_id, ...verdict }, ({ key, body }) =>
      call('POST /merchant/review', { key, body }),
    )
    if ('approval_status' in answer) {
      change(upload_id, { approval_id: answer.approval_id })
      say(texts.waits)
    } else {
      say(answer.action === 'approve' ? texts.approved(answer.points_awarded) : texts.rejected)
      settled([upload_id])
    }
    dropDrafts(draftsOf(item))
    void standing.load()
  } catch (error) {
    if (error instanceof Refused && decidedCodes.includes(error.code)) settled([upload_id])
    throw error
  }
}

export const askedAs = ({ upload_id }: Item) => `review:${upload_id}`
export const draftsOf = ({ upload_id }: Item) => `review:${upload_id}:`

/** Takes decided receipts off the screen, and loads more while there are any. */
export function settled(ids: readonly string[]): void {
  for (const id of ids) decided.add(id)
  const loaded = pending.value.value
  if (!loaded) return
  const items = loaded.items.filter(({ upload_id }) => !ids.includes(upload_id))
  const total = loaded.total - (loaded.items.length - items.length)
  pending.value.value = { items, total }
  if (items.length < Math.min(fewLeft, total)) void pending.load()
}

export function change(upload_id: string, patch: Partial<Item>): void {
  const loaded = pending.value.value
  if (!loaded) return
  const items = loaded.items.map((item) => (item.upload_id === upload_id ? { ...item, ...patch } : item))
  pending.value.value = { ...loaded, items }
}

let soon: ReturnType<typeof setTimeout> | undefined

/** Keeps the queue as the service has it, for as long as it is shown. */
export function followQueue(): () => void {
  const refresh = () => {
    clearTimeout(soon)
    soon = setTimeout(() => void pending.load(), calm_ms)
  }
  void pending.load()
  const ends = [hear('merchant_notification', refresh), hear('connected', refresh)]
  return () => {
    clearTimeout(soon)
    for (const end of ends) end()
  }
}
