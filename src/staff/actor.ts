import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Context } from 'hono'
import type { AppEnv } from '../http/env.ts'

/** One of the staff, by a request. */
export interface StaffActor {
  userId: number
  /** A keyed digest of the network that the request came from. */
  addressId: string
}

/** Someone at the command line. */
export interface SystemActor {
  userId: null
  /** Who is signed in at the machine. */
  systemUser: string
}

/** Who does something that the audit log keeps. */
export type Actor = StaffActor | SystemActor

/** Who sends a request. */
export function actorOf(c: Context<AppEnv>): StaffActor {
  return { userId: c.get('caller').userId, addressId: c.get('addressId') }
}

/** Whoever runs this process. Bun's own answer is the variable USER, which says what it was told. */
export function systemActor(): SystemActor {
  const uid = process.getuid?.()
  return { userId: null, systemUser: uid === undefined ? userInfo().username : (nameOf(uid) ?? `uid ${uid}`) }
}

/** A container, and a machine with a directory of users, may have no name here. */
function nameOf(uid: number): string | undefined {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8').split('\n')
    return entries.map((entry) => entry.split(':')).find(([, , id]) => id === String(uid))?.[0]
  } catch {
    return undefined
  }
}
