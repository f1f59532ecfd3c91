import { effect } from '@preact/signals'
import { call, lastRefusal, Refused } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { hear } from '../shared/live.ts'
import { resource } from '../shared/resource.ts'
import { userId } from '../shared/tokens.ts'

type Standing = Answer<'GET /merchant/me'>

const noStaff = 2005
const noRight = 2007

/** The caller's role, what it may do, and how many points they gave today. `'none'`: somebody without a role. */
export const standing = resource<Standing | 'none'>(async () => {
  try {
    return await call('GET /merchant/me')
  } catch (error) {
    if (error instanceof Refused && error.code === noStaff) return 'none'
    throw error
  }
})

/** Whether the caller has one of these rights. */
export function mayOne(rights: readonly string[]): boolean {
  const known = standing.value.value
  return known !== null && known !== 'none' && rights.some((right) => known.permissions.includes(right))
}

export const may = (right: string) => mayOne([right])

/** Follows the caller's role: it may be another one at any time. */
export function startStanding(): void {
  userId.subscribe((user) => {
    standing.clear()
    if (user !== undefined) void standing.load()
  })
  hear('connected', () => void standing.load())
  effect(() => {
    const refusal = lastRefusal.value
    if (refusal && refusal.name !== 'GET /merchant/me' && [noStaff, noRight].includes(refusal.code))
      void standing.load()
  })
}
