"""What the engine's child sees of the environment."""

import os
import sys
from pathlib import Path

from desktopchat.core import own_program
from desktopchat.engine.libraries import VARIABLE

# The child gets no tokens and no keys: only what loaders, drivers and llama.cpp need.
_NAMES = frozenset(
    """
    PATH HOME USERPROFILE SYSTEMROOT SYSTEMDRIVE WINDIR TEMP TMP TMPDIR LANG LD_LIBRARY_PATH DYLD_LIBRARY_PATH
    LLAMA_CPP_LIB_PATH MTMD_CPP_LIB VIRTUAL_ENV XDG_RUNTIME_DIR XDG_CACHE_HOME
    """.split()  # noqa: SIM905  (a list of twenty quoted names is harder to read)
)
_PREFIXES = ("LC_", "GGML_", "CUDA_", "HIP_", "ROCR_", "HSA_", "VK_", "OMP_", "GOMP_", "MESA_")


def environment(libraries: Path | None) -> dict[str, str]:
    """Return the variables of the child.

    Args:
        libraries: Folder of llama.cpp's; None takes those that the environment names, or else the built-in ones.
    """
    variables = own_program.environment(lambda name: name in _NAMES or name.startswith(_PREFIXES))
    if libraries is not None:
        variables[VARIABLE] = str(libraries)
        if any(libraries.glob("*mtmd.*")):
            variables["MTMD_CPP_LIB"] = str(libraries)
        # So that they find each other wherever they were built. Windows looks into their folder by itself.
        search = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
        variables[search] = os.pathsep.join(filter(None, (str(libraries), variables.get(search))))
    # Huge pages for what glibc allocates, the KV cache and what is computed with: 1 to 2 % more tokens/s of an answer
    # and 4 to 6 % more of a prompt (two cores of a virtual machine), for 9 MB.
    variables["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    # An abort would otherwise start a debugger to print a backtrace, which takes over a second.
    variables["GGML_NO_BACKTRACE"] = "1"
    return variables
