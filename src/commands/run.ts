import { AlertedError } from '../alerts/alert.ts'
import { ConfigError, loadConfig } from '../config/config.ts'
import { Refusal } from '../contract/refusals.ts'
import { describeError } from '../lib/logger.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { systemTime } from '../lib/time.ts'
import { version } from '../lib/version.ts'
import { accountCommand } from './account.ts'
import { auditCommand } from './audit.ts'
import type { Command } from './command.ts'
import { healthCommand } from './health.ts'
import { imagesCommand } from './images.ts'
import { jobsCommand } from './jobs.ts'
import { logCommand } from './log.ts'
import { merchantCommand } from './merchant.ts'
import { migrateCommand } from './migrate.ts'
import { pointsCommand } from './points.ts'
import { createProgressBar } from './progress-bar.ts'
import { reconcileCommand } from './reconcile.ts'
import { seedCommand } from './seed.ts'
import { seedsCommand } from './seeds.ts'
import { serveCommand } from './serve.ts'
import { staffCommand } from './staff.ts'
import { suggestionFor, UsageError, unknownCommand, usageOf } from './usage.ts'
import { verifyCommand } from './verify.ts'
import { verifyDrawCommand } from './verify-draw.ts'

const help = `restaurant-points ${version}

Usage: restaurant-points <command>

  serve                                 Serve HTTP, sockets and jobs (the default)
  migrate                               Bring the database's tables up to date
  seed                                  Install the default wheel and the sample products, once
  staff list                            Show who has which role
  staff grant <mobile> <role>           Make someone owner, manager, reviewer, cashier or auditor
  staff revoke <mobile>                 Take someone's role away
  merchant grant|revoke <mobile>        Make an account a manager, or take its role away
  account stop|restore <mobile>         Keep someone out of their account, or let them back in
  points <mobile> <±n> --reason <text>  Correct a balance
  audit [--actor <mobile>] [--action <name>] [--target <what>] [--from <day>] [--to <day>] [--page <n>] [--limit <n>] [--all]
                                        Show what the staff and the commands did, newest first
  reconcile [--repair [<most>]]         Hold every balance and stock against its ledger; exit 1 when one disagrees
  jobs list | run <name>                Show the scheduled jobs, or run one now
  log key <name> <file>                 Make the key that signs for the log, and print how others know it
  log seal                              Seal the log once, and print its checkpoint
  log adopt [<count>]                   Show the rows that are not in the log; with their count, take them into it
  log restart                           Begin a new log with a new key, after the database was set back
  images [sweep <most> | restore [name] | adopt]
                                        Which images no row knows; put them away, bring them back, or say that the
                                        image store belongs to this database
  seeds make <file> [<years>]           Make the seeds of all draws, for ten years
  verify-draw <file> ...                Check receipts and proofs of draws; exit 1 when wrong, 3 before the reveal
  health                                Exit 0 when this machine's service can take requests
  verify <base-url>                     Check a running deployment from outside, one line a check
  --help, --version

Settings come from the environment; .env.example lists them.
`

const commands: Record<string, Command> = {
  serve: serveCommand,
  migrate: migrateCommand,
  seed: seedCommand,
  staff: staffCommand,
  merchant: merchantCommand,
  account: accountCommand,
  points: pointsCommand,
  audit: auditCommand,
  reconcile: reconcileCommand,
  jobs: jobsCommand,
  images: imagesCommand,
  log: logCommand,
  seeds: seedsCommand,
  'verify-draw': verifyDrawCommand,
  health: healthCommand,
  verify: verifyCommand,
}

/** Runs the command that `argv` names. Returns its exit code: 0 for success, 1 for failure, 2 for wrong usage. */
export async function run(argv: string[], env: Record<string, string | undefined>): Promise<number> {
  const [name = 'serve', ...args] = argv
  // The reader of standard output may close it early, as in `verify … | head`. The work goes on to its end.
  process.stdout.on('error', ignoreBrokenPipe)
  const bar = createProgressBar(process.stderr, env, systemTime)
  const printTo = (stream: NodeJS.WriteStream) => (line: string) => {
    bar.clear()
    stream.write(`${line}\n`)
  }
  const [print, complain] = [printTo(process.stdout), printTo(process.stderr)]
  if (argv.some((arg) => arg === '--help' || arg === '-h')) return said(print, help)
  if (name === '--version' || name === '-v') return said(print, version)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    complain(unknownCommand(name, [...Object.keys(commands), '--help', '--version']))
    return 2
  }
  const usage = usageOf(help, name)
  try {
    return await command({ args, config: loadConfig(env), print, progress: bar.progress })
  } catch (error) {
    if (error instanceof UsageError) complain(`${error.message}${suggestionFor(args, usage)}\n\nUsage:\n${usage}`)
    else if (isForOperators(error)) complain(error.message)
    else complain(Bun.inspect(describeError(error)))
    return error instanceof UsageError ? 2 : 1
  } finally {
    bar.clear()
  }
}

function isForOperators(error: unknown): error is Error {
  return [ConfigError, OperatorError, AlertedError, Refusal].some((kind) => error instanceof kind)
}

function ignoreBrokenPipe(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error
}

function said(print: (line: string) => void, text: string): number {
  print(text)
  return 0
}
