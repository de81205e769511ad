// Judges the engine's cron expressions by croner, a cron of somebody else's making. Croner has rules of its own for
// changes of the clocks, so it is asked about times without any: years of UTC, and summers of other zones. What the
// engine refuses and croner guesses is not asked about. timetable.py judges the changes.
//
// usage: node croner.mjs TOOL [EXPRESSIONS [SEED]]
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Cron } from 'croner'

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ')
const FIELDS = [[0, 59, 0.1], [0, 23, 0.15], [1, 31, 0.5], [1, 12, 0.6, MONTHS], [0, 6, 0.5, WEEKDAYS]]
const SPANS = [
  ['Etc/UTC', '2026-01-01T00:00:30Z', '2070-01-01T00:00:00Z'],
  ['Europe/Amsterdam', '2026-04-02T00:00:30Z', '2026-10-20T00:00:00Z'],
  ['America/New_York', '2026-03-15T00:00:30Z', '2026-10-25T00:00:00Z'],
  ['Asia/Kolkata', '2026-01-01T00:00:30Z', '2036-01-01T00:00:00Z'],
]
const RUNS = 60

// mulberry32: the same numbers for the same seed.
function dice (seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function anyItem (roll, [low, high,, names]) {
  const between = (a, b) => a + Math.floor(roll() * (b - a + 1))
  const first = between(low, high)
  const last = between(first, high)
  const told = names && roll() < 0.5 ? n => names[n - low] : String
  const kind = roll()
  if (kind < 0.5 || first === last) return told(first)
  const range = told(first) + '-' + told(last)
  return kind < 0.75 ? range : range + '/' + between(1, last - first)
}

function anyField (roll, field, index) {
  const [low, high, star] = field
  const kind = roll()
  if (kind < star) return '*'
  if (kind < star + 0.15) return '*/' + (2 + Math.floor(roll() * (high - low - 2)))
  const items = Array.from({ length: 1 + Math.floor(roll() * 3) }, () => anyItem(roll, field))
  if (index === 2 && roll() < 0.2) items[0] = 'L'
  return items.join(',')
}

function ask (engine, lines, question) {
  engine.stdin.write(question.join('\t') + '\n')
  return new Promise(resolve => {
    const answer = []
    lines.on('line', function read (line) {
      if (line !== '') return answer.push(line)
      lines.off('line', read)
      resolve(answer)
    })
  })
}

const seconds = text => Date.parse(text) / 1000

function judged (expression, [zone, from, to]) {
  const runs = new Cron(expression, { timezone: zone }).nextRuns(RUNS, new Date(from))
  return runs.map(run => run.getTime() / 1000).filter(moment => moment < seconds(to))
}

async function main (tool, count = 1000, seed = 1) {
  const engine = spawn(tool, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: engine.stdout })
  const roll = dice(Number(seed))
  let compared = 0
  for (let i = 0; i < count; i++) {
    const expression = FIELDS.map((field, index) => anyField(roll, field, index)).join(' ')
    const span = SPANS[i % SPANS.length]
    const right = judged(expression, span)
    const last = right.length < RUNS ? seconds(span[2]) : right[right.length - 1] + 1
    const question = ['list', seconds(span[1]), last, 'cron=' + expression, 'timezone=' + span[0]]
    const answer = await ask(engine, lines, question)
    if (answer.length > 0 && answer[0].startsWith('refused: ')) continue
    const given = answer.map(line => Number(line.split(' ')[0]))
    const at = [...given, null].findIndex((moment, n) => moment !== (right[n] ?? null))
    if (at !== -1 || given.length !== right.length) {
      console.error(`differs: ${question.join(' ')}\n  number ${at + 1}\n  engine: ${answer[at]}\n  croner: ${right[at]}`)
      process.exit(1)
    }
    compared += right.length
  }
  engine.stdin.end()
  console.log(`${count} expressions: ${compared} occurrences, none differs`)
}

await main(...process.argv.slice(2))
