/** Hears how far a long piece of work has come: `done` of the `total` steps of `what`. */
export type Progress = (what: string, done: number, total: number) => void

export const unwatched: Progress = () => {}
