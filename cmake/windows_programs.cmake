# SPDX-License-Identifier: MIT

# shuttle.dll and shuttle.exe for Windows x64, built with mingw-w64 beside the programs for Linux, into
# bin/x64 of the build.

find_program(MINGW_GCC NAMES x86_64-w64-mingw32-gcc REQUIRED)
find_program(MINGW_WINDRES NAMES x86_64-w64-mingw32-windres REQUIRED)

set(WINDOWS_PROGRAMS ${PROJECT_BINARY_DIR}/bin/x64)
file(MAKE_DIRECTORY ${WINDOWS_PROGRAMS})

# libpcap's file reading, for all builds of this source tree. Its sources come from the network: where
# there is none, everything else is built, and shuttle.exe is left out.
set(WINDOWS_LIBPCAP ${PROJECT_SOURCE_DIR}/build/libpcap-windows)
if(NOT EXISTS ${WINDOWS_LIBPCAP}/libpcap.a)
  message(STATUS "Building libpcap.a for Windows from Debian's sources")
  execute_process(
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/libpcap_windows.sh ${WINDOWS_LIBPCAP}
    OUTPUT_QUIET)
endif()
if(NOT EXISTS ${WINDOWS_LIBPCAP}/libpcap.a)
  message(WARNING "shuttle.exe is left out: no libpcap for Windows (see above)")
endif()

# Formats are those of C99, which the builds for Linux check: this compiler would check those of
# msvcrt.
set(mingw_compile_flags
  -std=gnu11 -O2 -g -Wall -Wextra -Wno-format -Werror -D_WIN32_WINNT=0x0A00
  -D__USE_MINGW_ANSI_STDIO=1 -ffile-prefix-map=${PROJECT_SOURCE_DIR}=/shuttle
  -I${PROJECT_SOURCE_DIR}/include)
set(mingw_link_flags
  -static -Wl,--no-insert-timestamp,--dynamicbase,--nxcompat,--high-entropy-va)

# mingw_compile(OBJECTS SOURCES file... [FLAGS flag...] [DEPENDS target...])
# Sets the list that OBJECTS names.
function(mingw_compile OBJECTS)
  cmake_parse_arguments(ARG "" "" "SOURCES;FLAGS;DEPENDS" ${ARGN})
  set(objects)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/x64)
  foreach(source ${ARG_SOURCES})
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(name ${source} NAME_WE)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/x64/${name}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_C_COMPILER_LAUNCHER} ${MINGW_GCC} ${mingw_compile_flags} ${ARG_FLAGS}
        -MD -MF ${object}.d -c ${path} -o ${object}
      DEPENDS ${path} ${ARG_DEPENDS}
      DEPFILE ${object}.d
      COMMENT "Building x64 object ${name}.o"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${OBJECTS} ${objects} PARENT_SCOPE)
endfunction()
