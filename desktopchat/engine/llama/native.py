"""llama.cpp itself: loading its libraries, its log, its devices."""

import ctypes
import logging
import sys
from collections.abc import Callable
from typing import Any

import llama_cpp
import psutil

from desktopchat.core.device import Device
from desktopchat.engine.api import BackendInfo
from desktopchat.engine.llama import ggml
from desktopchat.engine.llama.allocated import Allocated

_log = logging.getLogger("desktopchat.llama")

# enum ggml_backend_dev_type in ggml-backend.h
_DEVICE_KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accel"}
# enum ggml_log_level in ggml.h: from debug to error; the last one continues the line before
_LOG_DEBUG = 1
_LOG_ERROR = 4
_LOG_CONTINUED = 5


class Native:
    """The library, initialised once for each process.

    Attributes:
        last_errors: The newest error lines of llama.cpp's log, to say why a call failed.
        allocated: What was allocated since it was cleared.
        helpers: RPC servers that are devices of this process.
    """

    def __init__(self) -> None:
        self.last_errors: list[str] = []
        self.allocated = Allocated()
        self.helpers: set[str] = set()
        self._line = ""
        self._level = 0
        # llama.cpp keeps the pointer, so the object must live as long as the process.
        self._callback = llama_cpp.llama_log_callback(self._on_log)
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))
        ggml.load_backends()
        llama_cpp.llama_backend_init()

    def listen_to(self, set_log: Callable[[Any, Any], None]) -> None:
        """Let another library of llama.cpp write into the same log.

        Args:
            set_log: Its function for that.
        """
        set_log(self._callback, ctypes.c_void_p(0))

    def _on_log(self, level: int, text: bytes, _data: Any) -> None:
        if level != _LOG_CONTINUED:
            self._level = level
        if self._level == _LOG_DEBUG:
            return  # CUDA writes such a line for each token
        self._line += text.decode("utf-8", "replace")
        *lines, self._line = self._line.split("\n")
        for line in lines:
            if self._level == _LOG_ERROR and line.strip():
                self.last_errors = [*self.last_errors[-9:], line.strip()]
            self.allocated.feed(line)
            # Its errors are ours to judge: a cancelled evaluation is one too.
            _log.info("%s", line)

    def devices(self) -> tuple[Device, ...]:
        """Return the devices of all backends in this build, with memory in bytes."""
        size = ctypes.POINTER(ctypes.c_size_t)
        device_at = ggml.function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name_of = ggml.function("ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        description_of = ggml.function("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
        kind_of = ggml.function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
        read_memory = ggml.function("ggml_backend_dev_memory", None, ctypes.c_void_p, size, size)
        found = []
        for index in range(ggml.function("ggml_backend_dev_count", ctypes.c_size_t)()):
            device = device_at(index)
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            read_memory(device, ctypes.byref(free), ctypes.byref(total))
            kind = _DEVICE_KINDS.get(kind_of(device), "accel")
            name = name_of(device).decode("utf-8", "replace")
            description = description_of(device).decode("utf-8", "replace")
            # ggml says that all memory of a computer is free.
            available = psutil.virtual_memory().available if kind == "cpu" else free.value
            likes_flash = kind == "cpu" and b"AVX512 = 1" in llama_cpp.llama_print_system_info()
            found.append(Device(name, description.strip(), kind, available, total.value, likes_flash))
        return tuple(found)

    def kinds(self) -> tuple[str, ...]:
        """Return what this build is for, as ggml calls it: "CPU", "Vulkan"."""
        backend_at = ggml.function("ggml_backend_reg_get", ctypes.c_void_p, ctypes.c_size_t)
        name_of = ggml.function("ggml_backend_reg_name", ctypes.c_char_p, ctypes.c_void_p)
        count = ggml.function("ggml_backend_reg_count", ctypes.c_size_t)()
        return tuple(name_of(backend_at(index)).decode("utf-8", "replace") for index in range(count))

    @property
    def reaches_gpu(self) -> bool:
        """Whether layers can be elsewhere than on the CPU: on a GPU that is there, or on another machine.

        `llama_supports_gpu_offload` says so too of every build with the RPC backend.
        """
        by_type = ggml.function("ggml_backend_dev_by_type", ctypes.c_void_p, ctypes.c_int)
        return any(by_type(number) for number, kind in _DEVICE_KINDS.items() if kind in ("gpu", "igpu"))

    def experts_on_cpu(self, count: int) -> Any:
        """Return what keeps the experts of the first blocks on the CPU, as `llama_model_params` wants it.

        It must live until the model is loaded.
        """
        buffer_type = ggml.function("ggml_backend_cpu_buffer_type", ctypes.c_void_p)()
        pattern = rb"blk\.(%s)\.ffn_(up|down|gate|gate_up)_(ch)?exps" % b"|".join(
            b"%d" % block for block in range(count)
        )
        return (_Override * 2)(_Override(pattern, buffer_type), _Override(None, None))

    def backend_info(self) -> BackendInfo:
        """Return versions, build flags and devices."""
        system = llama_cpp.llama_print_system_info().decode("utf-8", "replace")
        return BackendInfo(
            engine="llama.cpp",
            version=f"llama-cpp-python {llama_cpp.__version__}",
            build=f"{ggml.cpu_library()} {system.strip()}".strip(),
            devices=self.devices(),
            supports_gpu=self.reaches_gpu,
            kinds=self.kinds(),
            folder=str(ggml.folder()),
        )


class _Override(ctypes.Structure):
    """llama_model_tensor_buft_override of llama.h."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


class AbortFlag:
    """Lets another thread end `llama_decode` at once, without Python on the computing threads.

    llama.cpp asks its abort callback some 500 times a token. A Python callback would take the GIL each
    time; C's own strlen on a two-byte buffer gives the same answer for nothing: 0 (go on) while the first
    byte is 0, 1 (abort) when it is set.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(b"\0", 2)
        library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self.callback = ctypes.cast(library.strlen, llama_cpp.ggml_abort_callback)
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        """Abort the evaluation that is running, and those to come."""
        self._buffer[0] = b"\1"

    def clear(self) -> None:
        """Allow evaluation again."""
        self._buffer[0] = b"\0"

    def is_set(self) -> bool:
        """Return whether evaluation is to end."""
        return bool(self._buffer[0] != b"\0")
