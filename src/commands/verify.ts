import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { OperatorError } from '../lib/operator-error.ts'
import { type Check, metricsLock, personalChecks, publicChecks, signIn, writingChecks } from '../verify/checks.ts'
import { deploymentAt, Fault } from '../verify/deployment.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/**
 * Checks a running deployment from outside and prints one line for each check. Exits 1 when any check fails. Checks
 * that need a caller use the token of `--token-file` and change nothing. Without it they use an account of their own,
 * where the development code signs in.
 */
export const verifyCommand: Command = async ({ args, config, print }) => {
  const { base, tokenFile } = parse(args)
  const deployment = deploymentAt(base)
  const given = tokenFile === undefined ? undefined : await readToken(tokenFile)
  let token = given
  let failed = 0
  const look = async (check: Check) => {
    try {
      print(`ok    ${check.name}: ${await check.look(deployment, token ?? '')}`)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      print(`FAIL  ${check.name}: ${error.message}`)
      failed += 1
    }
  }
  const login: Check = {
    name: 'login',
    async look() {
      token = await signIn(deployment, config.SMS_DEV_CODE)
      return token ? 'by the development code' : 'the development code signs nobody in'
    },
  }

  for (const check of publicChecks) await look(check)
  if (!given) await look(login)
  const isDevelopment = token !== given
  await look(metricsLock(isDevelopment))
  for (const check of token ? personalChecks : []) await look(check)
  for (const check of isDevelopment ? writingChecks : []) await look(check)
  if (!token) print(`skip  ${personalChecks.map(({ name }) => name).join(', ')}: nobody is signed in; see --token-file`)
  if (!isDevelopment)
    print(`skip  ${writingChecks.map(({ name }) => name).join(', ')}: only where the development code signs in`)
  return failed === 0 ? 0 : 1
}

function parse(args: string[]): { base: string; tokenFile: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { 'token-file': { type: 'string' } },
      allowPositionals: true,
    })
    const [base = '', ...rest] = positionals
    if (/^https?:\/\//.test(base) && URL.canParse(base) && rest.length === 0)
      return { base, tokenFile: values['token-file'] }
  } catch {
    // An unknown option gets the same error as below.
  }
  throw new UsageError('verify takes the base URL of a deployment, and --token-file with a path.')
}

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new OperatorError(`${path} can't be read.`)
  })
  if (text.trim() === '') throw new OperatorError(`${path} holds no token.`)
  return text.trim()
}
