"""pdfium's C functions with plain integer handles: one call per character costs half a microsecond so.

pypdfium2's own wrappers build a ctypes structure per call, which is most of the time of reading a page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_float, c_int, c_uint, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as raw

PATH_OBJECT, IMAGE_OBJECT, FORM_OBJECT = 2, 3, 5
LINE_TO, MOVE_TO = 0, 2


def _bind(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(getattr(raw, name), c_void_p).value
    assert address is not None
    function: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)(address)
    return function


# The last arguments are addresses (`ctypes.addressof`) of the caller's own buffers.
loose_box = _bind("FPDFText_GetLooseCharBox", c_int, c_void_p, c_int, c_void_p)
char_angle = _bind("FPDFText_GetCharAngle", c_float, c_void_p, c_int)
char_code = _bind("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
char_unmapped = _bind("FPDFText_HasUnicodeMapError", c_int, c_void_p, c_int)
font_size = _bind("FPDFText_GetFontSize", c_double, c_void_p, c_int)
font_info = _bind("FPDFText_GetFontInfo", c_ulong, c_void_p, c_int, c_void_p, c_ulong, c_void_p)
text_matrix = _bind("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)

count_objects = _bind("FPDFPage_CountObjects", c_int, c_void_p)
get_object = _bind("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
count_form_objects = _bind("FPDFFormObj_CountObjects", c_int, c_void_p)
get_form_object = _bind("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
object_type = _bind("FPDFPageObj_GetType", c_int, c_void_p)
object_bounds = _bind("FPDFPageObj_GetBounds", c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
object_matrix = _bind("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p)
draw_mode = _bind("FPDFPath_GetDrawMode", c_int, c_void_p, c_void_p, c_void_p)
count_segments = _bind("FPDFPath_CountSegments", c_int, c_void_p)
path_segment = _bind("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
segment_point = _bind("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
segment_type = _bind("FPDFPathSegment_GetType", c_int, c_void_p)
segment_close = _bind("FPDFPathSegment_GetClose", c_int, c_void_p)


def handle(wrapped: Any) -> int:
    """The address behind a pypdfium2 object (a page, a text page, a document)."""
    address = ctypes.cast(wrapped.raw, c_void_p).value
    assert address is not None
    return address
