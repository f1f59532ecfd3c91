import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** One sector, as it is painted. */
export interface Sector {
  prize_name: string
  angle: number
  color: string
  is_activity: boolean
}

const half = Math.PI / 8
const inRadians = (degrees: number) => (degrees * Math.PI) / 180
const ink = '#2b2118'
const paper = '#fffdf8'

/** Keeps a canvas painted with a wheel, at whatever size it is shown. */
export function useWheelPicture(canvas: RefObject<HTMLCanvasElement | null>, sectors: readonly Sector[]): void {
  useEffect(() => {
    const shown = canvas.current
    if (!shown) return
    const paint = () => paintWheel(shown, sectors, shown.clientWidth)
    paint()
    const observer = new ResizeObserver(paint)
    observer.observe(shown)
    return () => observer.disconnect()
  }, [sectors])
}

/** Paints the wheel with the sector at angle 0 upwards. It is painted once; turning it moves the whole picture. */
function paintWheel(canvas: HTMLCanvasElement, sectors: readonly Sector[], size: number): void {
  const scale = Math.min(devicePixelRatio || 1, 3)
  canvas.width = size * scale
  canvas.height = size * scale
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.scale(scale, scale)
  pen.translate(size / 2, size / 2)
  const radius = size / 2
  disc(pen, radius, '#7a3b24')
  disc(pen, radius * 0.985, paper)
  for (const sector of sectors) paintSector(pen, sector, radius * 0.93)
  for (let bead = 0; bead < 16; bead += 1) {
    pen.save()
    pen.rotate((bead * Math.PI) / 8 + half)
    pen.translate(0, -radius * 0.957)
    disc(pen, radius * (bead % 2 === 0 ? 0.014 : 0.008), '#d9a25a')
    pen.restore()
  }
}

function paintSector(pen: CanvasRenderingContext2D, sector: Sector, radius: number): void {
  pen.save()
  pen.rotate(inRadians(sector.angle))
  pen.beginPath()
  pen.moveTo(0, 0)
  pen.arc(0, 0, radius, -Math.PI / 2 - half, -Math.PI / 2 + half)
  pen.closePath()
  pen.fillStyle = sector.color
  pen.fill()
  const light = pen.createRadialGradient(0, 0, radius * 0.2, 0, 0, radius)
  light.addColorStop(0, 'rgba(255, 253, 248, 0.42)')
  light.addColorStop(1, 'rgba(255, 253, 248, 0.12)')
  pen.fillStyle = light
  pen.fill()
  pen.lineWidth = 2
  pen.strokeStyle = paper
  pen.stroke()
  label(pen, sector, radius)
  pen.restore()
}

/** The name in two lines where it is long, and a star above it for the big prize. */
function label(pen: CanvasRenderingContext2D, { prize_name, is_activity }: Sector, radius: number): void {
  const letters = [...prize_name]
  const most = 5
  const lines =
    letters.length <= most ? [prize_name] : [letters.slice(0, most).join(''), rest(letters.slice(most), most)]
  const size = radius * 0.115
  pen.fillStyle = ink
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.font = `600 ${size}px "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`
  lines.forEach((text, row) => {
    pen.fillText(text, 0, -radius * 0.7 + row * size * 1.15, radius * 0.56)
  })
  if (is_activity) pen.fillText('★', 0, -radius * 0.85, radius * 0.2)
}

function rest(letters: readonly string[], most: number): string {
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`
}

function disc(pen: CanvasRenderingContext2D, radius: number, color: string): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, Math.PI * 2)
  pen.fillStyle = color
  pen.fill()
}
