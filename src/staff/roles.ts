/** What the people of the restaurant are to it. */
export const roles = ['owner', 'manager', 'reviewer', 'cashier', 'auditor'] as const
export type Role = (typeof roles)[number]

/** Who may do what: the whole of it. An owner may do everything. */
const rights = {
  /** Say who has which role. */
  staff: ['owner'],
  /** Products and their stock. */
  catalogue: ['owner', 'manager'],
  /** The prizes and their odds. */
  wheel: ['owner', 'manager'],
  /** Balances set right by hand. */
  corrections: ['owner', 'manager'],
  /** What somebody else of the staff asked for: approved or rejected. */
  approvals: ['owner', 'manager'],
  /** People looked up by their phone. */
  members: ['owner', 'manager'],
  /** People looked up by the code that they show. */
  member_codes: ['owner', 'manager', 'cashier'],
  /** Vouchers looked up and taken in. */
  vouchers: ['owner', 'manager', 'cashier'],
  /** Receipts, and the verdicts on them. */
  reviews: ['owner', 'manager', 'reviewer'],
  /** What the caller reviewed. */
  own_figures: ['owner', 'manager', 'reviewer'],
  /** What the restaurant and its guests did. */
  statistics: ['owner', 'manager', 'auditor'],
  /** What was awarded to whom, and by whom. */
  ledgers: ['owner', 'manager', 'auditor'],
  /** Who of the staff did what. */
  audit: ['owner', 'manager', 'auditor'],
  /** How the program itself does: its health, jobs, queues and alerts. */
  system: ['owner', 'auditor'],
  /** Jobs run by hand. */
  jobs: ['owner'],
} as const satisfies Record<string, readonly Role[]>

export type Right = keyof typeof rights

export function may(role: Role, right: Right): boolean {
  const having: readonly Role[] = rights[right]
  return having.includes(role)
}

export function rightsOf(role: Role): Right[] {
  return (Object.keys(rights) as Right[]).filter((right) => may(role, right))
}
