"""The operators of .tflite networks on torch tensors; pictures are (B, H, W, C), as in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

Options = Mapping[str, Any]
Step = Callable[..., Tensor]

_SAME = 0  # padding: as many cells out as in, divided by the stride
_ACTIVATIONS: dict[int, Callable[[Tensor], Tensor]] = {
    0: lambda x: x,
    1: torch.relu,
    3: functional.relu6,
}


def _activated(x: Tensor, options: Options) -> Tensor:
    return _ACTIVATIONS[options["activation"]](x)


def _channels_first(x: Tensor) -> Tensor:
    """See (B, H, W, C) as (B, C, H, W), the same memory, which torch calls channels last."""
    return x.permute(0, 3, 1, 2)


def _missing(x: Tensor, window: tuple[int, int], options: Options) -> list[int]:
    """How many cells (B, C, H, W) lacks: at the left, right, top and bottom, in this order."""
    if options["padding"] != _SAME:
        return [0, 0, 0, 0]
    pads: list[int] = []
    for size, width, stride in (
        (x.shape[3], window[1], options["stride_w"]),
        (x.shape[2], window[0], options["stride_h"]),
    ):
        lacking = max((-(-size // stride) - 1) * stride + width - size, 0)
        pads += [lacking // 2, lacking - lacking // 2]
    return pads


def _convolved(x: Tensor, kernel: Tensor, bias: Tensor, options: Options, groups: int) -> Tensor:
    dilation = options["dilation_h"], options["dilation_w"]
    high, wide = (
        (size - 1) * step + 1 for size, step in zip(kernel.shape[2:], dilation, strict=True)
    )
    x = _channels_first(x)
    left, right, top, bottom = _missing(x, (high, wide), options)
    if (left, top) != (right, bottom):
        x = functional.pad(x, (left, right, top, bottom))
        left = top = 0
    strides = options["stride_h"], options["stride_w"]
    out = functional.conv2d(x, kernel, bias, strides, (top, left), dilation, groups)
    return _activated(out.permute(0, 2, 3, 1), options)


def _conv(options: Options, x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    if kernel.shape[1:3] == (1, 1) and options["stride_h"] == options["stride_w"] == 1:
        # One product for all places, two to three times as fast as a convolution.
        return _activated(functional.linear(x, kernel.flatten(1), bias), options)
    return _convolved(x, _channels_first(kernel), bias, options, 1)


def _depthwise_conv(options: Options, x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    return _convolved(x, kernel.permute(3, 0, 1, 2), bias, options, x.shape[3])


def _max_pool(options: Options, x: Tensor) -> Tensor:
    window = options["height"], options["width"]
    x = _channels_first(x)
    pads = _missing(x, window, options)
    if any(pads):
        x = functional.pad(x, pads, value=-torch.inf)
    out = functional.max_pool2d(x, window, (options["stride_h"], options["stride_w"]))
    return _activated(out.permute(0, 2, 3, 1), options)


def _prelu(_options: Options, x: Tensor, slope: Tensor) -> Tensor:
    if slope.numel() != x.shape[-1]:
        return torch.where(x > 0, x, x * slope)
    return functional.prelu(_channels_first(x), slope.reshape(-1)).permute(0, 2, 3, 1)


def _pad(_options: Options, x: Tensor, widths: Tensor) -> Tensor:
    return functional.pad(x, widths.flip(0).reshape(-1).tolist())


def _reshape(options: Options, x: Tensor, *_shape: Tensor) -> Tensor:
    return x.reshape(options["shape"])


def _transpose(_options: Options, x: Tensor, order: Tensor) -> Tensor:
    return x.permute(order.tolist())


def _mean(options: Options, x: Tensor, axes: Tensor) -> Tensor:
    return x.mean(axes.reshape(-1).tolist(), keepdim=bool(options["keep"]))


def _sum(options: Options, x: Tensor, axes: Tensor) -> Tensor:
    return x.sum(axes.reshape(-1).tolist(), keepdim=bool(options["keep"]))


def _slice(options: Options, x: Tensor, begin: Tensor, end: Tensor, step: Tensor) -> Tensor:
    if options["ellipsis"] or options["new"]:
        raise NotImplementedError("slices with an ellipsis or a new axis")
    chosen: list[int | slice] = []
    bounds = zip(begin.tolist(), end.tolist(), step.tolist(), strict=True)
    for axis, (first, last, stride) in enumerate(bounds):
        bit = 1 << axis
        if options["shrink"] & bit:
            chosen.append(first)
            continue
        low = None if options["begin"] & bit else first
        chosen.append(slice(low, None if options["end"] & bit else last, stride))
    return x[tuple(chosen)]


STEPS: Mapping[str, Step] = {
    "add": lambda options, a, b: _activated(a + b, options),
    "concatenation": lambda options, *parts: _activated(torch.cat(parts, options["axis"]), options),
    "conv_2d": _conv,
    "depthwise_conv_2d": _depthwise_conv,
    "dequantize": lambda _options, x: x.float(),
    "div": lambda options, a, b: _activated(a / b, options),
    "logistic": lambda _options, x: torch.sigmoid(x),
    "max_pool_2d": _max_pool,
    "mean": _mean,
    "mul": lambda options, a, b: _activated(a * b, options),
    "neg": lambda _options, x: -x,
    "pad": _pad,
    "prelu": _prelu,
    "relu": lambda _options, x: torch.relu(x),
    "reshape": _reshape,
    "rsqrt": lambda _options, x: torch.rsqrt(x),
    "sqrt": lambda _options, x: torch.sqrt(x),
    "squared_difference": lambda _options, a, b: (a - b) ** 2,
    "strided_slice": _slice,
    "sub": lambda options, a, b: _activated(a - b, options),
    "sum": _sum,
    "transpose": _transpose,
}
