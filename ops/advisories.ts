/**
 * Asks the package registry which locked dependencies have known vulnerabilities, and lists them. The exit code is 0
 * when there are none and 1 when there are some. A registry that doesn't tell is reported; with `--strict`, as for a
 * release, the exit code is 2 then.
 */
import { spawn } from 'bun'

const child = spawn([process.execPath, 'audit', '--json'], { stdout: 'pipe', stderr: 'pipe' })
const [answer, trouble] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
await child.exited

interface Advisory {
  severity: string
  title: string
  url: string
  vulnerable_versions: string
}

const advisories = parsed(answer)
if (!advisories) {
  process.stderr.write(`NOT AUDITED: the registry doesn't tell of advisories. ${trouble.trim()}\n`)
  process.exitCode = process.argv.includes('--strict') ? 2 : 0
} else {
  const lines = Object.entries(advisories).flatMap(([name, known]) =>
    known.map((of) => `${of.severity}: ${name} ${of.vulnerable_versions}: ${of.title} ${of.url}`),
  )
  process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : 'No dependency has a known vulnerability.\n')
  process.exitCode = lines.length > 0 ? 1 : 0
}

function parsed(json: string): Record<string, Advisory[]> | undefined {
  try {
    return JSON.parse(json) as Record<string, Advisory[]>
  } catch {
    return undefined
  }
}
