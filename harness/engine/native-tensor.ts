import { SimvlmError } from "@simvlm/metrics";
import { Tensor, tensor } from "@tensorflow/tfjs-core";
import { Tensor as OrtTensor } from "onnxruntime-node";

/** The element types of a compiled function's arguments and results. */
export type NativeType = "float32" | "int32" | "bool";

export type NativeData = Float32Array | Int32Array | Uint8Array;

const ARRAY_OF_TYPE = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * A tensor that compiled functions take and give: plain memory, which they read and write in place, or memory of
 * a GPU. Booleans are bytes, 0 or 1.
 */
export class NativeTensor {
  readonly shape: readonly number[];
  readonly dtype: NativeType;

  /** @param ort what ONNX Runtime sees of this memory */
  private constructor(readonly ort: OrtTensor) {
    this.shape = ort.dims;
    this.dtype = nativeTypeOf(ort.type);
  }

  /**
   * A tensor in the given memory, which is not copied.
   * @throws SimvlmError `native-tensor` when the numbers are not of this type and shape
   */
  static of(data: NativeData, shape: readonly number[], dtype: NativeType = "float32"): NativeTensor {
    const size = shape.reduce((product, length) => product * length, 1);
    if (!(data instanceof ARRAY_OF_TYPE[dtype]) || data.length !== size) {
      throw new SimvlmError(
        "native-tensor",
        `A ${dtype} tensor of shape [${shape}] takes a ${ARRAY_OF_TYPE[dtype].name} of ${size} elements, ` +
          `but got a ${data.constructor.name} of ${data.length}.`,
      );
    }
    return new NativeTensor(new OrtTensor(dtype, data, shape));
  }

  /** A tensor of zeros. */
  static zeros(shape: readonly number[], dtype: NativeType = "float32"): NativeTensor {
    const size = shape.reduce((product, length) => product * length, 1);
    return NativeTensor.of(new ARRAY_OF_TYPE[dtype](size), shape, dtype);
  }

  /** A copy of a tfjs tensor's numbers. */
  static fromTfjs(source: Tensor): NativeTensor {
    const dtype = nativeTypeOf(source.dtype);
    return NativeTensor.of(ARRAY_OF_TYPE[dtype].from(source.dataSync()), source.shape, dtype);
  }

  static fromOrt(source: OrtTensor): NativeTensor {
    return new NativeTensor(source);
  }

  /** Whether the numbers lie in a GPU's memory. */
  get onDevice(): boolean {
    return this.ort.location !== "cpu";
  }

  /**
   * The numbers.
   * @throws SimvlmError `on-device` when they are in a GPU's memory
   */
  get data(): NativeData {
    if (!this.onDevice) return this.ort.data as NativeData;
    throw new SimvlmError(
      "on-device",
      `The ${this.dtype} [${this.shape}] tensor is kept on the GPU; copy it with download() to read it.`,
    );
  }

  /** A tfjs tensor of the current backend with these numbers, which are not copied. */
  toTfjs(): Tensor {
    return tensor(this.data, [...this.shape], this.dtype);
  }

  /** Frees memory of a GPU now; plain memory is left to the garbage collector. */
  dispose(): void {
    if (this.onDevice) this.ort.dispose();
  }
}

/** @throws SimvlmError `native-tensor` when compiled functions have no such type */
export function nativeTypeOf(dtype: string): NativeType {
  if (dtype in ARRAY_OF_TYPE) return dtype as NativeType;
  throw new SimvlmError("native-tensor", `A compiled function holds float32, int32 and bool, not ${dtype}.`);
}

/** What a compiled function accepts as a tensor; a tfjs tensor is copied, a native one is not. */
export type Feed = NativeTensor | Tensor;

export function isFeed(node: unknown): node is Feed {
  return node instanceof NativeTensor || node instanceof Tensor;
}

export function toNative(feed: Feed): NativeTensor {
  return feed instanceof NativeTensor ? feed : NativeTensor.fromTfjs(feed);
}
