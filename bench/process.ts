import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Linux counts the CPU time of a process in hundredths of a second. */
const ticksASecond = 100

/** The CPU time that a process has used. */
export function cpuTime_us(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksASecond
}

/** The CPU time that all processes of this machine have used, the kernel's included. */
export function machineTime_us(): number {
  const [user, nice, system, , , irq, softirq] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '')
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const ticks = [user, nice, system, irq, softirq].reduce((sum = 0, part = 0) => sum + part, 0) ?? 0
  return (ticks * 1_000_000) / ticksASecond
}

/** The process id of the private database server of a data folder. */
export function databasePidIn(dir: string): number {
  return Number(readFileSync(join(dir, 'database/server.pid'), 'utf8'))
}

/** The resident memory of a process. */
export function resident_mib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1024)
}
