/** A figure with the band that holds it in four cases of five. */
export interface Band {
  low: number;
  typical: number;
  high: number;
}

/** Makes a band of what lies at its three places, such as another band. */
export function mapBand<Value>(
  places: Readonly<Record<keyof Band, Value>>,
  figure: (value: Value) => number,
): Band {
  return { low: figure(places.low), typical: figure(places.typical), high: figure(places.high) };
}

/** Makes a band of a figure that is known exactly. */
export function exactBand(value: number): Band {
  return { low: value, typical: value, high: value };
}
