/**
 * Reads and writes WebSocket (RFC 6455, version 13): the opening handshake, and the frames behind it. No extension is
 * spoken. The package knows no socket, no clock and no thread: bytes come in, calls go out.
 * <ul>
 *   <li>{@link io.heartwheel.websocket.HttpHead} takes the bytes of an opening until it is whole. A server makes an
 *       {@link io.heartwheel.websocket.OpeningRequest} of it, and answers by
 *       {@link io.heartwheel.websocket.OpeningAnswer}. A client begins with
 *       {@link io.heartwheel.websocket.ClientOpening}.
 *   <li>{@link io.heartwheel.websocket.WebSocketDecoder} splits what follows into messages, and
 *       {@link io.heartwheel.websocket.WebSocketFrame} writes frames.
 * </ul>
 */
package io.heartwheel.websocket;
