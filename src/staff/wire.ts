import { z } from 'zod'
import { asciiId, day, line, pageQuery, pagination, phone, rowIdText, timestamp } from '../contract/wire.ts'
import { personInfo, userStatus } from '../users/user-info.ts'
import { roles } from './roles.ts'

const role = z.enum(roles)
const named = personInfo.pick({ user_id: true, nickname: true })

const budget = z.object({ limit: z.int(), used: z.int() })

export const meAnswer = z.object({
  user_id: z.int(),
  role,
  /** The rights that the role has. */
  permissions: z.array(z.string()),
  /** Points given on this business day: at the caller's own discretion, and by ordinary reviews. */
  budgets: z.object({ discretionary: budget, reviews: budget }),
})

const staffMember = personInfo.extend({
  role,
  status: userStatus,
  /** Null when it was a command, or an earlier version of the program. */
  granted_by: named.nullable(),
  granted_at: timestamp.nullable(),
})

export const staffAnswer = z.object({ staff: z.array(staffMember), pagination })

/** An account is made where the phone has none. */
export const grantBody = z.object({ mobile: phone, role })

/** Whose role it is; null when they have none any more. */
export const roleAnswer = personInfo.extend({ role: role.nullable() })

export const memberParam = z.object({
  user_id: rowIdText,
})

/** `from` and `to` are business days, both included. */
export const auditQuery = pageQuery.extend({
  actor_id: rowIdText.optional(),
  action: asciiId.optional(),
  target: line(64).min(1).optional(),
  from: day.optional(),
  to: day.optional(),
})
export type AuditQuery = z.output<typeof auditQuery>

const state = z.record(z.string(), z.unknown())

const auditRecord = z.object({
  audit_id: z.int(),
  /** Null for a command. */
  actor: named.nullable(),
  /** For a command: who was signed in at the machine. */
  system_user: z.string().nullable(),
  /** The same for all that came from one network. */
  address_id: z.string().nullable(),
  /** Such as `points.adjust`. */
  action: z.string(),
  /** Such as `user:5`. */
  target: z.string(),
  before: state.nullable(),
  after: state.nullable(),
  details: state,
  created_at: timestamp,
})
export type AuditRecord = z.output<typeof auditRecord>

export const auditAnswer = z.object({ records: z.array(auditRecord), pagination })
