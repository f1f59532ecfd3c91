import { expect, test } from 'bun:test'
import { createFairSemaphore, createSemaphore } from '../../src/lib/semaphore.ts'

const refuse = () => new Error('full')

/** Makes tasks that run until they are released, and counts the most that ran at a time. */
function gate() {
  const open = Promise.withResolvers<void>()
  let running = 0
  const seen = { most: 0 }
  const task = async () => {
    running += 1
    seen.most = Math.max(seen.most, running)
    await open.promise
    running -= 1
  }
  return { task, seen, release: open.resolve, running: () => running }
}

test('a semaphore runs and queues as many tasks as its limits allow, and refuses one more', async () => {
  const { task, seen, release } = gate()
  const semaphore = createSemaphore(2, 3, refuse)
  const five = Array.from({ length: 5 }, () => semaphore.run(task))
  await expect(semaphore.run(task)).rejects.toThrow('full')
  release()
  await Promise.all(five)
  expect(seen.most).toBe(2)
  await semaphore.run(task)
})

test('a task that fails frees its place', async () => {
  const semaphore = createSemaphore(1, 0, refuse)
  await expect(semaphore.run(() => Promise.reject(new Error('task')))).rejects.toThrow('task')
  await Bun.sleep(0)
  expect(await semaphore.run(async () => 7)).toBe(7)
})

test('one party leaves places to the others, however many tasks it sends', async () => {
  const greedy = gate()
  const modest = gate()
  const semaphore = createFairSemaphore(3, 2, 8, refuse)
  const sent = Array.from({ length: 8 }, () => semaphore.run('greedy', greedy.task))
  const other = semaphore.run('modest', modest.task)
  await Bun.sleep(0)
  expect([greedy.running(), modest.running()]).toEqual([2, 1])
  greedy.release()
  modest.release()
  await Promise.all([...sent, other])
  expect(greedy.seen.most).toBeLessThanOrEqual(2)
})
