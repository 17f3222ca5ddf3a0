// Reads a network of TensorFlow Lite: its layers as a plan, and its numbers in the order in which TensorFlow.js has
// them. Field numbers are those of TensorFlow's schema.fbs.

import { ByteBuffer } from "flatbuffers";
import type { Activation, Layer, Plan, Stored } from "./src/blur/network-plan";

const BUILTIN = {
  0: "add",
  1: "pool",
  3: "conv",
  4: "depthwise",
  6: "dequantize",
  14: "sigmoid",
  18: "multiply",
  19: "relu",
  23: "resize",
  32: "custom",
  117: "swish",
} as const;
type Name = (typeof BUILTIN)[keyof typeof BUILTIN];
const ACTIVATIONS: ReadonlySet<string> = new Set<Activation>(["relu", "sigmoid", "swish"]);
const FLOAT16 = 1;
const TRANSPOSED = "Convolution2DTransposeBias";

interface Tensor {
  shape: number[];
  type: number;
  bytes: Uint8Array;
}

interface Operation {
  name: Name;
  custom: string | null;
  inputs: number[];
  output: number;
  options: Table | undefined;
}

/** One table of the file. */
class Table {
  constructor(
    private readonly buffer: ByteBuffer,
    private readonly at: number,
  ) {}

  static root(buffer: ByteBuffer): Table {
    return new Table(buffer, buffer.readInt32(0));
  }

  byte(field: number): number {
    const at = this.field(field);
    return at ? this.buffer.readInt8(at) : 0;
  }

  int(field: number): number {
    const at = this.field(field);
    return at ? this.buffer.readInt32(at) : 0;
  }

  text(field: number): string | null {
    const at = this.field(field);
    return at ? (this.buffer.__string(at) as string) : null;
  }

  table(field: number): Table | undefined {
    const at = this.field(field);
    return at ? new Table(this.buffer, this.buffer.__indirect(at)) : undefined;
  }

  ints(field: number): number[] {
    return this.places(field, 4).map((at) => this.buffer.readInt32(at));
  }

  tables(field: number): Table[] {
    return this.places(field, 4).map((at) => new Table(this.buffer, this.buffer.__indirect(at)));
  }

  bytes(field: number): Uint8Array {
    const [first] = this.places(field, 1);
    const length = this.places(field, 1).length;
    return first === undefined ? new Uint8Array() : this.buffer.bytes().slice(first, first + length);
  }

  private places(field: number, size: number): number[] {
    const at = this.field(field);
    if (!at) return [];
    const start = this.buffer.__vector(at);
    return Array.from({ length: this.buffer.__vector_len(at) }, (_, place) => start + size * place);
  }

  private field(number: number): number {
    const offset = this.buffer.__offset(this.at, 4 + 2 * number);
    return offset && this.at + offset;
  }
}

/** Returns the plan, and half-precision numbers. It throws if the file has anything that is not known here. */
export function read(file: Uint8Array): { plan: Plan; numbers: Uint16Array } {
  const model = Table.root(new ByteBuffer(file));
  const [graph] = model.tables(2);
  const buffers = model.tables(4).map((one) => one.bytes(0));
  if (!graph) throw new Error("the file has no network");
  const tensors = graph.tables(0).map((one) => ({
    shape: one.ints(0),
    type: one.byte(1),
    bytes: buffers[one.int(2)] ?? new Uint8Array(),
  }));
  return new Reader(tensors, operationsOf(model, graph)).plan(graph.ints(1)[0] ?? 0);
}

function operationsOf(model: Table, graph: Table): Operation[] {
  const codes = model
    .tables(1)
    .map((one) => ({ code: Math.max(one.byte(0), one.int(3)), custom: one.text(1) }));
  return graph.tables(3).map((one) => {
    const { code = -1, custom = null } = codes[one.int(0)] ?? {};
    const name = BUILTIN[code as keyof typeof BUILTIN] as Name | undefined;
    if (!name) throw new Error(`the network has an operation that is not known: ${code}`);
    return { name, custom, inputs: one.ints(1), output: one.ints(2)[0] ?? -1, options: one.table(4) };
  });
}

class Reader {
  private readonly numbers: number[] = [];
  private readonly layers: Layer[] = [];
  /** By tensor: the number of the result that holds it. */
  private readonly results = new Map<number, number>();
  /** By tensor: the one that it was made of, in half precision. */
  private readonly halves = new Map<number, number>();

  constructor(
    private readonly tensors: readonly Tensor[],
    private readonly operations: readonly Operation[],
  ) {}

  plan(input: number): { plan: Plan; numbers: Uint16Array } {
    const [, height = 0, width = 0] = this.tensor(input).shape;
    this.results.set(input, 0);
    for (const operation of this.operations) this.add(operation);
    return { plan: { height, width, layers: this.layers }, numbers: Uint16Array.from(this.numbers) };
  }

  private add(operation: Operation): void {
    const { name, inputs, output } = operation;
    if (name === "dequantize") this.halves.set(output, inputs[0] ?? -1);
    else if (ACTIVATIONS.has(name)) this.activate(operation);
    else this.push(this.layerOf(operation), output);
  }

  private push(layer: Omit<Layer, "to" | "activation">, output: number): void {
    const to = this.layers.length + 1;
    this.layers.push({ ...layer, to, activation: "linear" });
    this.results.set(output, to);
  }

  /** Merges an activation with the layer before it, whose result nothing else uses. */
  private activate({ name, inputs: [input = -1], output }: Operation): void {
    const before = this.layers[this.result(input) - 1];
    const users = this.operations.filter(({ inputs }) => inputs.includes(input));
    if (!before?.filter || before.activation !== "linear" || users.length > 1)
      throw new Error(`an activation stands alone: ${name}`);
    before.activation = name as Activation;
    this.results.set(output, before.to);
  }

  private layerOf({ name, custom, inputs, output, options }: Operation): Omit<Layer, "to" | "activation"> {
    const [first = -1, second = -1, third = -1] = inputs;
    const from = [this.result(first)];
    switch (name) {
      case "add":
      case "multiply":
        return { kind: name, from: [...from, this.result(second)] };
      case "pool":
        return { kind: "mean", from };
      case "resize":
        return { kind: "resize", from, size: this.tensor(output).shape.slice(1, 3) as [number, number] };
      case "conv":
      case "depthwise":
        return {
          kind: name,
          from,
          stride: options?.int(1) ?? 1,
          filter: name === "conv" ? this.filter(second) : this.depthwise(second),
          bias: this.store(this.values(third), this.tensor(third).shape),
        };
      default:
        if (custom !== TRANSPOSED)
          throw new Error(`the network has an operation that is not known: ${custom}`);
        return { kind: "conv", from, stride: 1, ...this.transposed(second, third) };
    }
  }

  /** Height and width come before the channels here, and before both kinds of channels there. */
  private filter(tensor: number): Stored {
    const [outputs = 0, height = 0, width = 0, inputs = 0] = this.tensor(tensor).shape;
    const values = this.values(tensor);
    const size = height * width * inputs;
    const turned = Array.from({ length: values.length }, (_, place) => {
      const output = place % outputs;
      return values[output * size + (place - output) / outputs] ?? 0;
    });
    return this.store(turned, [height, width, inputs, outputs]);
  }

  private depthwise(tensor: number): Stored {
    const [, height = 0, width = 0, channels = 0] = this.tensor(tensor).shape;
    return this.store(this.values(tensor), [height, width, channels, 1]);
  }

  /**
   * A transposed convolution whose stride is its size makes a square of pixels from each pixel. So it is a convolution
   * with as many channels as the square has pixels.
   */
  private transposed(filter: number, bias: number): Pick<Layer, "filter" | "bias"> {
    const [, height = 0, width = 0, inputs = 0] = this.tensor(filter).shape;
    const values = this.values(filter);
    const square = height * width;
    const turned = Array.from(
      { length: values.length },
      (_, place) => values[(place % square) * inputs + Math.floor(place / square)] ?? 0,
    );
    const [shift = 0] = this.values(bias);
    return {
      filter: this.store(turned, [1, 1, inputs, square]),
      bias: this.store(Array(square).fill(shift), [square]),
    };
  }

  private store(values: ArrayLike<number>, shape: number[]): Stored {
    const at = this.numbers.length;
    for (let place = 0; place < values.length; place++) this.numbers.push(values[place] ?? 0);
    return { shape, at };
  }

  /** Returns the half-precision numbers of a tensor, as their bits. */
  private values(tensor: number): Uint16Array {
    const { type, bytes } = this.tensor(this.halves.get(tensor) ?? tensor);
    if (type !== FLOAT16) throw new Error("the network has numbers of another kind");
    return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  }

  private tensor(number: number): Tensor {
    const tensor = this.tensors[number];
    if (!tensor) throw new Error("the network names a tensor that it does not have");
    return tensor;
  }

  private result(tensor: number): number {
    const result = this.results.get(tensor);
    if (result === undefined) throw new Error("the network uses a result before it is there");
    return result;
  }
}
