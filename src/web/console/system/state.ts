import { computed } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { resource } from '../../shared/resource.ts'
import { linkTo, stay } from '../place.ts'

export type SystemState = Answer<'GET /merchant/system'>
export type Job = SystemState['jobs'][number]

export const screen = 'system'
export const state = resource(() => call('GET /merchant/system'))

/** Whether any replica runs a job now. */
export const isRunning = computed(() => state.value.value?.jobs.some(({ is_running }) => is_running) ?? false)

export const closeJob = () => stay(linkTo(screen))
