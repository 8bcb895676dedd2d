// The shape of what Python packs into a page: simulator/export/html. Not part of the page.

type Words = Record<string, string>;
type Spot = [kind: string, name: string, position: number];

interface Move { event: number; part: 0 | 1 | 2; kind: string; label: string; uuid: string; source: Spot; target: Spot }
interface Item { uuid: string; name: string; waited: number; position: number }
interface Queue {
  name: string; count: number; unacked: number; longest: number; broker_up: boolean; consumed: boolean | null;
  dead: boolean; items: Item[];
}
interface Slot { slot: number; uuid: string; name: string; elapsed: number; planned: number | null; acked: boolean }
interface Worker {
  name: string; state: string; since: number; busy: number; concurrency: number; done: number; queues: string[];
  slots: Slot[]; reserved: string[]; reserved_count: number; scheduled: [string, number][]; scheduled_count: number;
  coming: string[]; coming_count: number; sending: string[]; sending_count: number; unsettled: string[];
  unsettled_count: number; dropped: [string, string][];
}
interface Producer { name: string; sent: number; sending: string[]; sending_count: number }
interface Service { name: string; down: string; calls: number; capacity: number | null; waiting: number }
interface Store { count: number; uuid: string; state: string }
interface TextLine { kind: string; text: string; lang: string; has_keys: boolean }
interface Scale { now: number; times: number[]; length: number; folds: { first: number; behind: number; begin: number; end: number }[] }
interface Curve { what: string; values: number[]; least: number; dead: boolean }
interface Bar {
  uuid: string; start: number; length: number; ended: boolean; outcome: string; attempt: number; ahead: number;
  planned: number; acked: number | null;
}
interface Held { uuid: string; count: number; start: number; length: number; eta: number | null; is_future: boolean }
interface Lane { worker: string; slot: number; bars: Bar[]; deaths: number[]; held: Held[]; held_ahead: number }
interface Timeline { scale: Scale; queues: Curve[]; lanes: Lane[]; busy: Curve | null; held: Curve | null }
interface Chart { time: number; end: number; stops: number[]; chapters: number[]; marks: number[]; failures: number[]; timeline: Timeline }
interface Scene {
  time: number; chapters: string[]; producers: Producer[]; queues: Queue[]; workers: Worker[];
  counts: Record<string, number>; words: TextLine[]; chart: Chart; look: string[]; down: string[];
  services: Service[]; names: Record<string, string>; store: Store | null;
}
interface Frame {
  event: number; asks: number | null; rest: boolean; mark: boolean; stop: boolean; dwell: number; lasts: number;
  moves: Move[]; scene: Scene;
}
interface Question {
  number: number; text: string; choices: { text: string; because: string }[]; right: number | null; why: string;
  shown: number;
}
interface Goal { text: string; test: string; met: boolean; values: string; decided: string; frame: number | null }
interface Run {
  /** The name of the lesson; empty if it is none, or was changed. */
  lesson: string;
  name: string; label: string; changes: string[]; title: string; summary: string; profile: string; origin: string;
  hash: string; note: string; part: string; events: number; questions: Question[];
  chapters: { frame: number; text: string }[]; goals: Goal[];
  exercise: { text: string; rules: string[]; check: string } | null;
}
interface Side {
  name: string; divergence: string; frame: number | null; timeline: Timeline; names: Record<string, string>; queues: number;
}
interface Compared { divergence: string; sides: [Side, Side]; measures: { name: string; values: [string, string] }[]; end: number }
interface Page {
  words: Words; keys: [string, string][]; runs: Run[]; compared: Compared[];
  links: { index: string; following: string; title: string };
}
type Ticker = (micros: number) => void;

/** The index of a course. */
interface Listed { key: string; number: string; title: string; summary: string; address: string }
interface Contents { words: Words; tagline: string; parts: { title: string; summary: string; lessons: Listed[] }[] }
