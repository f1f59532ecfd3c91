/**
 * Runs the whole suite, or the files that are named. Starts one database server for all of them. Its last line is
 * `N passed, N failed`, from the runner's own report.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { testServer } from './support/database.ts'

const root = join(import.meta.dir, '..')
const report = join(root, '.data/test/report.xml')
mkdirSync(join(root, '.data/test'), { recursive: true })
rmSync(report, { force: true })

const server = await testServer()
const runner = Bun.spawn(
  [
    process.execPath,
    'test',
    '--isolate',
    '--timeout=60000',
    '--reporter=junit',
    `--reporter-outfile=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TEST_DATABASE_URL: server.urlOf('') } },
)
// A run that is stopped must not leave the runner behind. A service that a test runs in it would take SIGTERM for its own.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => runner.kill('SIGKILL'))
const exitCode = await runner.exited
await server.stop()
rmSync(join(root, '.data/test/programs'), { recursive: true, force: true })

const [, tests = '0', failures = '0', skipped = '0'] =
  /<testsuites[^>]* tests="(\d+)"[^>]* failures="(\d+)"[^>]* skipped="(\d+)"/.exec(readReport()) ?? []
const failed = Math.max(Number(failures), exitCode === 0 ? 0 : 1)
const passed = Number(tests) - Number(failures) - Number(skipped)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
process.stdout.write(`\n${passed} passed, ${failed} failed${Number(skipped) > 0 ? `, ${skipped} skipped` : ''}\n`)

function readReport(): string {
  try {
    return readFileSync(report, 'utf8')
  } catch {
    return ''
  }
}
