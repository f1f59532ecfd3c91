import type { z } from 'zod'
import type { deviceInfo } from './wire.ts'

/** The network of a client, and what it reports about its device. */
export interface Device {
  /** Its network. */
  address: string
  info: z.output<typeof deviceInfo> | undefined
  userAgent: string
  /** A token that came with the request. It may be anyone's, or no token at all. */
  token: string | undefined
}

const longestName = 100

/** A name by which its owner can recognise a device in the list of sessions; null when the client reported nothing. */
export function nameOf({ info = {}, userAgent }: Pick<Device, 'info' | 'userAgent'>): string | null {
  const { brand = '', model = '', system, platform } = info
  const made = model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${brand} ${model}`.trim()
  const told = [made, system || platform].filter(Boolean).join(' · ')
  const name = told || /\(([^)]+)\)/.exec(userAgent)?.[1] || userAgent
  return [...name].slice(0, longestName).join('').trim() || null
}
