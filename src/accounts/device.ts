import type { z } from 'zod'
import type { deviceInfo } from './wire.ts'

/** What a client tells of the device that it runs on. */
export interface Device {
  info: z.output<typeof deviceInfo> | undefined
  userAgent: string
}

const longestName = 100

/** What its owner may know a device by, in a list of those signed in; null when it told nothing. */
export function nameOf({ info = {}, userAgent }: Device): string | null {
  const { brand = '', model = '', system, platform } = info
  const made = model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${brand} ${model}`.trim()
  const told = [made, system || platform].filter(Boolean).join(' · ')
  const name = told || /\(([^)]+)\)/.exec(userAgent)?.[1] || userAgent
  return [...name].slice(0, longestName).join('').trim() || null
}
