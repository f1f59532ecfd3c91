import { signal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { complain } from '../../shared/parts.tsx'
import { codeKind, plainDigits } from '../codes.ts'

export type Person = Answer<'GET /merchant/users'>

/** Who was looked up last. */
export const person = signal<Person | null>(null)
export const isLooking = signal(false)

/** Looks somebody up by what was typed: a phone number, or the code that they show. */
export async function lookUp(typed: string): Promise<void> {
  if (isLooking.value || typed.trim() === '') return
  isLooking.value = true
  try {
    person.value = await (codeKind(typed) === 'member'
      ? call('GET /merchant/members/:member_code', { path: { member_code: plainDigits(typed) } })
      : call('GET /merchant/users', { query: { mobile: typed } }))
  } catch (error) {
    complain(error)
  }
  isLooking.value = false
}

export function toldBalance(total_points: number): void {
  if (person.value) person.value = { ...person.value, total_points }
}
