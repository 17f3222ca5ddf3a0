// Runs the network that finds people in plain loops, which can be compared with the runs of TensorFlow Lite.

import { fromHalf, type Layer, type Plan, type Stored } from "../src/blur/network-plan";

interface Numbers {
  height: number;
  width: number;
  channels: number;
  values: Float32Array;
}

export function runPlain(plan: Plan, numbers: Uint16Array, pixels: Float32Array): Numbers {
  const picture = { height: plan.height, width: plan.width, channels: 3, values: pixels };
  const made: Numbers[] = [picture];
  for (const layer of plan.layers) {
    const from = layer.from.map((one) => made[one] as Numbers);
    made[layer.to] = activated(layer, apply(layer, from[0] as Numbers, from[1], numbers));
  }
  return made.at(-1) as Numbers;
}

function empty(height: number, width: number, channels: number): Numbers {
  return { height, width, channels, values: new Float32Array(height * width * channels) };
}

function apply(layer: Layer, x: Numbers, y: Numbers | undefined, numbers: Uint16Array): Numbers {
  if (layer.kind === "mean") return mean(x);
  if (layer.kind === "resize") return resized(x, layer.size as [number, number]);
  if (layer.kind === "conv" || layer.kind === "depthwise") return convolved(layer, x, numbers);
  const { values, channels } = y as Numbers;
  const one = values.length === channels; // one value for each channel
  const other = (place: number) => values[one ? place % channels : place] ?? 0;
  const add = layer.kind === "add";
  return {
    ...x,
    values: x.values.map((value, place) => (add ? value + other(place) : value * other(place))),
  };
}

function mean({ height, width, channels, values }: Numbers): Numbers {
  const found = empty(1, 1, channels);
  for (const [place, value] of values.entries()) {
    const channel = place % channels;
    found.values[channel] = (found.values[channel] ?? 0) + value / (height * width);
  }
  return found;
}

/** Between the middles of pixels, as `half_pixel_centers` wants. */
function resized(x: Numbers, [height, width]: [number, number]): Numbers {
  const found = empty(height, width, x.channels);
  const along = (place: number, size: number, before: number) => {
    const at = Math.max(0, ((place + 0.5) * before) / size - 0.5);
    const low = Math.min(before - 1, Math.floor(at));
    return [low, Math.min(before - 1, low + 1), at - low] as const;
  };
  for (let row = 0; row < height; row++) {
    const [above, below, down] = along(row, height, x.height);
    for (let column = 0; column < width; column++) {
      const [left, right, across] = along(column, width, x.width);
      for (let channel = 0; channel < x.channels; channel++) {
        const at = (y: number, z: number) => x.values[(y * x.width + z) * x.channels + channel] ?? 0;
        const upper = at(above, left) * (1 - across) + at(above, right) * across;
        const lower = at(below, left) * (1 - across) + at(below, right) * across;
        found.values[(row * width + column) * x.channels + channel] = upper * (1 - down) + lower * down;
      }
    }
  }
  return found;
}

function convolved({ kind, filter, bias, stride = 1 }: Layer, x: Numbers, numbers: Uint16Array): Numbers {
  const weights = valuesOf(filter as Stored, numbers);
  const shift = valuesOf(bias as Stored, numbers);
  const [rows = 1, columns = 1] = (filter as Stored).shape;
  const deep = kind === "depthwise";
  const found = empty(Math.ceil(x.height / stride), Math.ceil(x.width / stride), shift.length);
  const start = (size: number, made: number, side: number) =>
    Math.floor(Math.max(0, (made - 1) * stride + side - size) / 2);
  const [top, left] = [start(x.height, found.height, rows), start(x.width, found.width, columns)];
  const { channels, values } = found;
  for (let row = 0; row < found.height; row++) {
    for (let column = 0; column < found.width; column++) {
      const to = (row * found.width + column) * channels;
      values.set(shift, to);
      for (let y = 0; y < rows; y++) {
        const from = row * stride + y - top;
        if (from < 0 || from >= x.height) continue;
        for (let z = 0; z < columns; z++) {
          const beside = column * stride + z - left;
          if (beside < 0 || beside >= x.width) continue;
          const source = (from * x.width + beside) * x.channels;
          const weight = (y * columns + z) * x.channels;
          for (let input = 0; input < x.channels; input++) {
            const value = x.values[source + input] as number;
            if (deep) (values[to + input] as number) += value * (weights[weight + input] as number);
            else
              for (let output = 0; output < channels; output++)
                (values[to + output] as number) +=
                  value * (weights[(weight + input) * channels + output] as number);
          }
        }
      }
    }
  }
  return found;
}

function valuesOf({ shape, at }: Stored, numbers: Uint16Array): Float32Array {
  const length = shape.reduce((size, side) => size * side, 1);
  return Float32Array.from(numbers.subarray(at, at + length), fromHalf);
}

function activated({ activation }: Layer, x: Numbers): Numbers {
  const of = {
    linear: (value: number) => value,
    relu: (value: number) => Math.max(0, value),
    sigmoid: (value: number) => 1 / (1 + Math.exp(-value)),
    swish: (value: number) => (value * Math.min(6, Math.max(0, value + 3))) / 6,
  }[activation];
  return { ...x, values: x.values.map(of) };
}
