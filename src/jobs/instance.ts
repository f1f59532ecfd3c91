import { hostname } from 'node:os'
import { randomCode } from '../lib/random.ts'

/** A name for what this process holds in leases and records; ASCII, at most 40 characters. */
export function instanceName(): string {
  return `${hostname()
    .replace(/[^\x21-\x7e]/g, '')
    .slice(0, 20)}:${process.pid}:${randomCode(6)}`
}
