#!/usr/bin/env python3
"""Judges the engine's timetables by Python's zoneinfo.

Random cron expressions are computed here from the definition, by other code in another language on somebody else's
reading of the zone files, and the engine's answers (spec/judge/timetable.c) have to be the same to the byte:

  - each expression over some years in one zone;
  - each expression in every zone around some changes of the clocks, where all the mistakes are;
  - the changes of the clocks themselves, from 1850 to 2500.

usage: timetable.py TOOL [--crons N] [--zones N] [--years N] [--changes N] [--seed N] [--jobs N]
"""
import argparse
import calendar
import concurrent.futures
import datetime
import functools
import random
import subprocess
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
DAY = datetime.timedelta(days=1)
DAY_S = 86400
FIRST_YEAR = 2020
RECENT = 1767225600  # 2026
MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split()
WEEKDAYS = 'sun mon tue wed thu fri sat'.split()
BOUNDS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
LONGEST_GAP_S = 3 * 3600


# --- expressions -----------------------------------------------------------------------------------------------------

def any_item(dice, low, high, names, has_steps):
    first = dice.randint(low, high)
    last = dice.randint(first, high)
    told = (lambda n: names[n - low]) if names and dice.random() < 0.5 else str
    kind = dice.random()
    if kind < 0.6 or last == first:
        return told(first)
    if kind < 0.8 or not has_steps:
        return told(first) + '-' + told(last)
    return '%s-%s/%d' % (told(first), told(last), dice.randint(1, last - first))


def any_field(dice, index, is_fixed):
    low, high = BOUNDS[index]
    names = MONTHS if index == 3 else WEEKDAYS if index == 4 else None
    kind = dice.random()
    if kind < (0.1, 0.15, 0.6, 0.7, 0.6)[index] and not is_fixed:
        return '*'
    if kind < (0.3, 0.35, 0.7, 0.8, 0.65)[index] and not is_fixed:
        return '*/%d' % dice.randint(2, (high - low + 1) // 2)
    if index == 1 and dice.random() < 0.5:
        high = 4  # the hours in which clocks are changed
    items = [any_item(dice, low, high, names, not is_fixed) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
    if index == 2 and dice.random() < 0.2:
        items[dice.randrange(len(items))] = 'L'
    return ','.join(items)


def any_cron(dice):
    """Half of them have fixed minutes and hours, half have a step or a star there."""
    is_fixed = dice.random() < 0.5
    return ' '.join(any_field(dice, i, is_fixed and i < 2) for i in range(5))


class Cron:
    """What an expression means, read a second time."""

    def __init__(self, text):
        fields = text.split()
        self.text = text
        self.sets = [self.values(field, i) for i, field in enumerate(fields)]
        self.has_last_day = 'L' in fields[2].split(',')
        self.day_given, self.weekday_given = fields[2] != '*', fields[4] != '*'
        every_minute, every_hour = len(self.sets[0]) == 60, len(self.sets[1]) == 24
        self.is_real = any('*' in f or '/' in f for f in fields[:2]) or every_minute or every_hour
        self.times = sorted(h * 60 + m for h in self.sets[1] for m in self.sets[0])

    @staticmethod
    def values(field, index):
        low, high = BOUNDS[index]
        out = set()
        for item in field.split(','):
            if item == 'L':
                continue
            span, _, step = item.partition('/')
            first, _, last = (str(low), '', str(high)) if span == '*' else span.partition('-')
            first, last = [Cron.number(v, index) for v in (first, last or first)]
            out.update(range(first, last + 1, int(step or 1)))
        return out

    @staticmethod
    def number(text, index):
        if index == 3 and text in MONTHS:
            return MONTHS.index(text) + 1
        return WEEKDAYS.index(text) if index == 4 and text in WEEKDAYS else int(text)

    def fits(self, date):
        if date.month not in self.sets[3]:
            return False
        is_last = (date + DAY).day == 1 and self.has_last_day
        day = date.day in self.sets[2] or is_last
        weekday = date.isoweekday() % 7 in self.sets[4]
        if self.day_given and self.weekday_given:
            return day or weekday
        return (day or not self.day_given) and (weekday or not self.weekday_given)

    def is_refused(self):
        """What never comes, and day and weekday of which one always fits."""
        every_day, every_weekday = len(self.sets[2]) == 31, len(self.sets[4]) == 7
        if self.day_given and self.weekday_given:
            return every_day or every_weekday
        longest = max(29 if m == 2 else calendar.monthrange(2001, m)[1] for m in self.sets[3])
        return self.day_given and not self.has_last_day and min(self.sets[2]) > longest


# --- zones -----------------------------------------------------------------------------------------------------------

def seconds(naive):
    return int((naive - EPOCH).total_seconds())


class Zone:
    """A zone as Python's zoneinfo knows it. Expressions ask about the same local times again and again."""

    def __init__(self, name):
        self.name = name
        self.info = zoneinfo.ZoneInfo(name)
        self.moments = functools.lru_cache(None)(self.moments)
        self.after_gap = functools.lru_cache(None)(self.after_gap)

    def local(self, moment):
        """What the clocks show, in seconds."""
        return moment + self.offset(moment)

    def offset(self, moment):
        there = datetime.datetime.fromtimestamp(moment, UTC).astimezone(self.info)
        return int(there.utcoffset().total_seconds())

    def moments(self, local):
        """The moments at which the clocks show that, the first one first."""
        wall = EPOCH + datetime.timedelta(seconds=local)
        found = set()
        for fold in (0, 1):
            offset = wall.replace(tzinfo=self.info, fold=fold).utcoffset()
            moment = local - int(offset.total_seconds())
            if self.local(moment) == local:
                found.add(moment)
        return sorted(found)

    def first_change(self, low, high):
        """The first moment of (low, high] with another offset than low has; one change at most lies there."""
        before = self.offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def after_gap(self, local):
        """The first moment after the gap that this local time lies in, and the length of the gap."""
        moment = self.first_change(local - 27 * 3600, local + 27 * 3600)
        return moment, self.offset(moment) - self.offset(moment - 1)

    def changes(self, first, last):
        """No two changes that are known lie closer to each other than four days."""
        found, step = [], 2 * DAY_S
        before = self.offset(first)
        for moment in range(first + step, last + step, step):
            after = self.offset(moment)
            if after != before:
                found.append(self.first_change(moment - step, moment))
            before = after
        return found


# --- occurrences -----------------------------------------------------------------------------------------------------

def of_day(cron, zone, midnight, found):
    """Adds what the local day comes to: moment -> (kind, local time)."""
    for minute in cron.times:
        local = midnight + minute * 60
        moments = zone.moments(local)
        if cron.is_real:
            found.update((moment, ('normal', local)) for moment in moments)
        elif moments:
            found[moments[0]] = ('normal', local)
        else:
            moment, gap = zone.after_gap(local)
            found.setdefault(moment, ('moved' if gap <= LONGEST_GAP_S else 'skipped', local))


def expected(cron, zone, first, last, changes):
    """The answer to `list` from one moment to before another, in the words of spec/judge/timetable.c."""
    found = {}
    date = (EPOCH + datetime.timedelta(seconds=first)).date() - 2 * DAY
    until = (EPOCH + datetime.timedelta(seconds=last)).date() + DAY
    while date <= until:
        midnight = seconds(datetime.datetime.combine(date, datetime.time()))
        if cron.fits(date):
            if any(abs(midnight - c) < 4 * DAY_S for c in changes):
                of_day(cron, zone, midnight, found)
            else:
                offset = zone.offset(midnight)
                found.update((midnight + m * 60 - offset, ('normal', midnight + m * 60)) for m in cron.times)
        date += DAY
    return ['%d %s %d' % (m, *found[m]) for m in sorted(found) if first <= m < last]


# --- the engine ------------------------------------------------------------------------------------------------------

class Engine:
    def __init__(self, tool):
        self.process = subprocess.Popen([tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *fields):
        self.process.stdin.write('\t'.join(map(str, fields)) + '\n')
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == '\n':
                return lines
            lines.append(line.rstrip('\n'))
        raise SystemExit('the engine ended at the question: %s' % (fields,))

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit('the engine ended with %d' % self.process.returncode)


class Difference(Exception):
    pass


def compare(question, answer, right):
    if answer == right:
        return
    at = next((i for i, (a, b) in enumerate(zip(answer, right)) if a != b), min(len(answer), len(right)))
    told = lambda lines: lines[at] if at < len(lines) else '(no more)'
    raise Difference('%s\n  line %d\n  engine: %s\n  judge:  %s' % (' '.join(map(str, question)), at + 1, told(answer),
                                                                 told(right)))


def judge_list(engine, cron, zone, first, last, changes):
    question = ('list', first, last, 'cron=' + cron.text, 'timezone=' + zone.name)
    right = expected(cron, zone, first, last, changes)
    compare(question, engine.ask(*question), right)
    return len(right)


def around(dice, changes):
    """From when to when: around one of the changes, mostly one of now, often from within the hours that it concerns."""
    recent = [c for c in changes if abs(c - RECENT) < 10 * 365 * DAY_S]
    change = dice.choice(recent if recent and dice.random() < 0.7 else changes)
    before = 2 * DAY_S if dice.random() < 0.5 else dice.randint(-3 * 3600, 3 * 3600)
    return change - before, change + 2 * DAY_S


def judge_zone(o, name, crons, own):
    """One zone: its changes, its own expressions over the years, and all expressions around changes."""
    engine, zone, dice = Engine(o.tool), Zone(name), random.Random('%d %s' % (o.seed, name))
    first, last = (seconds(datetime.datetime(y, 1, 1)) for y in (1850, 2500))
    every = zone.changes(first, last)
    compare(('zone', name, first, last), engine.ask('zone', name, first, last),
            ['%d %d' % (m, zone.offset(m)) for m in [first] + every])
    first, last = (seconds(datetime.datetime(y, 1, 1)) for y in (FIRST_YEAR, FIRST_YEAR + o.years))
    told = sum(judge_list(engine, cron, zone, first, last, every) for cron in own)
    for cron in crons:
        for _ in range(o.changes if every else 0):
            told += judge_list(engine, cron, zone, *around(dice, every), every)
    engine.close()
    return told


def accepted(tool, crons):
    """Those that the engine takes, which are all but those that it says it refuses."""
    engine = Engine(tool)
    for cron in crons:
        question = ('list', 0, 0, 'cron=' + cron.text)
        answer = engine.ask(*question)
        is_refused = bool(answer) and answer[0].startswith('refused: ')
        compare(question, ['refused' if is_refused else 'taken'], ['refused' if cron.is_refused() else 'taken'])
    engine.close()
    return [cron for cron in crons if not cron.is_refused()]


def main():
    options = argparse.ArgumentParser()
    options.add_argument('tool')
    options.add_argument('--crons', type=int, default=1000)
    options.add_argument('--zones', type=int, default=400)
    options.add_argument('--years', type=int, default=10)
    options.add_argument('--changes', type=int, default=1)
    options.add_argument('--seed', type=int, default=1)
    options.add_argument('--jobs', type=int, default=1)
    o = options.parse_args()
    dice = random.Random(o.seed)
    try:
        crons = accepted(o.tool, [Cron(any_cron(dice)) for _ in range(o.crons)])
        names = sorted(zoneinfo.available_timezones() - {'localtime'})
        zones = dice.sample(names, min(o.zones, len(names)))
        told = 0
        with concurrent.futures.ProcessPoolExecutor(o.jobs) as pool:
            jobs = [pool.submit(judge_zone, o, name, crons, crons[i::len(zones)])
                    for i, name in enumerate(zones)]
            for i, job in enumerate(jobs):
                told += job.result()
                if sys.stderr.isatty():
                    sys.stderr.write('\r%d of %d zones' % (i + 1, len(zones)))
    except Difference as difference:
        raise SystemExit('differs: %s' % difference)
    print('%d expressions over %d zones: %d occurrences, none differs' % (len(crons), len(zones), told))


if __name__ == '__main__':
    main()
