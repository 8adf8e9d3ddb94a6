import { SimvlmError } from "@simvlm/metrics";
import { Tensor, tensor } from "@tensorflow/tfjs-core";
import { Tensor as OrtTensor } from "onnxruntime-node";

/** The element types of a compiled function's arguments and results. */
export type NativeType = "float32" | "int32" | "bool";

/** The numbers of a tensor, row by row; a boolean is a byte, 0 or 1. */
export type NativeData = Float32Array | Int32Array | Uint8Array;

const ARRAY_OF_TYPE = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * A tensor that compiled functions take and return: plain memory, which they read and write in place, or memory of a
 * GPU. Booleans are bytes, 0 or 1.
 */
export class NativeTensor {
  /** The length of each axis; empty for a scalar. */
  readonly shape: readonly number[];
  readonly dtype: NativeType;

  /** @param ort what ONNX Runtime sees of this memory */
  private constructor(readonly ort: OrtTensor) {
    this.shape = ort.dims;
    this.dtype = nativeTypeOf(ort.type);
  }

  /**
   * A tensor over the given memory, which is not copied; `float32` unless said otherwise.
   * @throws SimvlmError `native-tensor` when the array does not fit the type and the shape
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

  /**
   * A copy of a tfjs tensor's numbers.
   * @throws SimvlmError `native-tensor` when its type is none of {@link NativeType}
   */
  static fromTfjs(source: Tensor): NativeTensor {
    const dtype = nativeTypeOf(source.dtype);
    return NativeTensor.of(ARRAY_OF_TYPE[dtype].from(source.dataSync()), source.shape, dtype);
  }

  /**
   * A tensor over one of ONNX Runtime's, wherever its memory is; nothing is copied.
   * @throws SimvlmError `native-tensor` when its type is none of {@link NativeType}
   */
  static fromOrt(source: OrtTensor): NativeTensor {
    return new NativeTensor(source);
  }

  /** Whether the numbers lie in a GPU's memory. */
  get onDevice(): boolean {
    return this.ort.location !== "cpu";
  }

  /**
   * The numbers themselves, not a copy.
   * @throws SimvlmError `on-device` when they are in a GPU's memory
   */
  get data(): NativeData {
    if (!this.onDevice) return this.ort.data as NativeData;
    throw new SimvlmError(
      "on-device",
      `The ${this.dtype} [${this.shape}] tensor is kept on the GPU; copy it with download() to read it.`,
    );
  }

  /**
   * A tensor of tfjs's current backend with these numbers, which are not copied.
   * @throws SimvlmError `on-device` when they are in a GPU's memory
   */
  toTfjs(): Tensor {
    return tensor(this.data, [...this.shape], this.dtype);
  }

  /** Frees memory of a GPU now; plain memory is left to the garbage collector. */
  dispose(): void {
    if (this.onDevice) this.ort.dispose();
  }
}

/**
 * The native type of this name.
 * @throws SimvlmError `native-tensor` when compiled functions have no such type
 */
export function nativeTypeOf(dtype: string): NativeType {
  if (dtype in ARRAY_OF_TYPE) return dtype as NativeType;
  throw new SimvlmError("native-tensor", `A compiled function holds float32, int32 and bool, not ${dtype}.`);
}

/** What a compiled function accepts as a tensor. A tfjs tensor is copied, a native one is not. */
export type Feed = NativeTensor | Tensor;

/** Whether a value is a tensor that compiled functions accept. */
export function isFeed(node: unknown): node is Feed {
  return node instanceof NativeTensor || node instanceof Tensor;
}

/** The tensor itself if it is native, otherwise a copy of the tfjs tensor's numbers. */
export function toNative(feed: Feed): NativeTensor {
  return feed instanceof NativeTensor ? feed : NativeTensor.fromTfjs(feed);
}
